namespace LastRef;

/// <summary>An image in the list of loaded modules.</summary>
/// <param name="Entry">Its <c>KLDR_DATA_TABLE_ENTRY</c>.</param>
/// <param name="LoadCount">1 for the driver itself and 1 for each image that imports it (U-2.30).</param>
public sealed record CapturedModule(VirtualAddress Entry, string Name, VirtualAddress Base, uint ByteCount, int LoadCount)
{
    public bool Contains(VirtualAddress address) => !address.IsNull && address - Base < ByteCount;
}
