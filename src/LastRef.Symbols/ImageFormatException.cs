namespace LastRef.Symbols;

/// <summary>An image or its debug data is malformed, or larger than <see cref="ImageLimits"/> allows; the message is one line.</summary>
public sealed class ImageFormatException : InputException
{
    /// <summary>Names the file, what is wrong with it and where.</summary>
    /// <param name="file">Name to show for the file; control characters in it are replaced.</param>
    /// <param name="problem">What is wrong, with offset and limit where there are any.</param>
    public ImageFormatException(string file, string problem) : base($"{PrintableText.Of(file)}: {PrintableText.Of(problem)}")
    {
    }
}
