"""What any app may import; imports no app and owns no table."""
