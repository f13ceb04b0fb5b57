"""The engine of the forests, private: arrays in, the values of single trees out."""
