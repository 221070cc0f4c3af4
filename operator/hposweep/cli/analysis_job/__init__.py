"""The program of the analysis Job: read the study, analyze it, write the results into the database of the study."""
