namespace LastRef.Kernel;

/// <summary>An entry of the unloaded-driver history (U-1.47).</summary>
internal sealed record UnloadedImage(string FileName, VirtualAddress Base, uint ByteCount, long Time100ns);
