// Deployments owns the life of each version of a service: its states, its replicas, the switch of traffic, and its end. It
// drives what is towards what should be, from rows and jobs alone, so that a killed process resumes. It does not know how
// images are made, who runs containers, or what the edge is: those are ports that the composition fills.
