namespace LastRef;

/// <summary>One edge of the holder graph: a structure in memory that accounts for part of a counter.</summary>
/// <param name="Name">For people: <c>app.exe (pid 2380) handle 0x44</c>, a device's name.</param>
/// <param name="Holder">Address of the structure that holds.</param>
/// <param name="Held">Body of the object that is held; the loader entry for <see cref="ReferenceCounter.LoadCount"/>.</param>
/// <param name="Count">How much of the counter it explains.</param>
/// <param name="Field">Where that was read, such as <c>FILE_OBJECT.DeviceObject</c>.</param>
/// <param name="Value">What was read there.</param>
public sealed record Hold(
    HolderKind Kind, string Name, VirtualAddress Holder, VirtualAddress Held, ReferenceCounter Counter, long Count,
    string Field, ulong Value);
