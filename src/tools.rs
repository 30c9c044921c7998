//! Finds and runs other programs and worker processes, within limits of memory and CPU time.
