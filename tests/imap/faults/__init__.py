"""The faults of servers, by the rows of the list of faults (36-48): nothing is lost, nothing counted unseen."""
