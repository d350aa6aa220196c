"""What our own code draws in the browser, a folder each: the strip of layers, the wall of faces, a sweep's chart."""
