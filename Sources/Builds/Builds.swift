// Builds: makes an image of a source.
//
// Owns: reading a source (an archive or a Git repository), deciding how it is built and started, the base images of the
// machine (the stack), running builds with Buildah under limits, and collecting the images that nobody needs any more.
// It keeps no tables and sends no events: whoever asks for a build knows why.
// Must not know: deployments' states, the container engine, the edge.
