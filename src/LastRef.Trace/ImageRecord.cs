namespace LastRef;

/// <summary>An image was mapped or unmapped.</summary>
public sealed record ImageRecord(bool Mapped, string FileName, VirtualAddress Base, uint ByteCount) : TraceRecord;
