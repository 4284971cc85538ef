namespace LastRef;

/// <summary>The driver that was checked.</summary>
/// <param name="File">File name.</param>
/// <param name="Sha256">Of the file, lower-case hexadecimal.</param>
/// <param name="Machine">As the PE header says: <c>x64</c>.</param>
public sealed record DriverFacts(string File, string Sha256, string Machine, DriverKind Kind, DriverTraits Traits);
