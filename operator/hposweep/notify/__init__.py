"""Send notifications in processes of their own, beside the passes: a slow or hostile server delays no sweep."""
