using System.Text;

namespace LastRef.Lab;

/// <summary>The commented profile that <c>lastref profile new</c> writes.</summary>
public static class ProfileTemplate
{
    /// <summary>The whole text, ending in a line feed.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(ProfileTemplate).Assembly.GetManifestResourceStream("profile.jsonc")
            ?? throw new InvariantException("The profile's template is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
