// TestSupport gives tests the real things that they run against (a PostgreSQL server, private folders, processes) and sees to it that they are gone
// when the test process is, however it ends. It must not know what a single suite tests.
