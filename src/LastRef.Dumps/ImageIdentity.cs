using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>What tells one build of an image from another.</summary>
/// <param name="FileName">Name of its file, such as <c>x.sys</c>.</param>
/// <param name="SizeOfImage">0 when its header is not in the dump; so is the next.</param>
/// <param name="CodeView">Null when its debug directory is not in the dump, or it has none.</param>
public sealed record ImageIdentity(string FileName, uint SizeOfImage, uint TimeDateStamp, CodeViewRecord? CodeView);
