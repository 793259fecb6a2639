"""What every engine must do, case by case."""
