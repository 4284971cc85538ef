namespace LastRef;

/// <summary>A file or argument that a person gave is malformed; the message is one line that says what and where.</summary>
/// <remarks>The tool ends with exit code 66 and prints the message without a stack trace.</remarks>
public class InputException : Exception
{
    public InputException(string message) : base(message)
    {
    }

    public InputException(string message, Exception inner) : base(message, inner)
    {
    }
}
