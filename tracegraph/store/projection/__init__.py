"""The projector: from events to rows, one mechanism for everything late."""
