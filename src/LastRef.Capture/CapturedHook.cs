namespace LastRef;

/// <summary>A pointer into the image in the dispatch tables of another driver.</summary>
/// <param name="DriverName">Image or object name of the driver whose table it is.</param>
/// <param name="Table">Which slot: <c>MajorFunction[0x0e]</c>, <c>DriverUnload</c>.</param>
/// <param name="Slot">Address of the pointer.</param>
/// <param name="Routine">Where it points.</param>
public sealed record CapturedHook(VirtualAddress Driver, string DriverName, string Table, VirtualAddress Slot, VirtualAddress Routine);
