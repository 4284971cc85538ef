using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What Driver Verifier finds when a device goes and when an image leaves (spec 8.3, U-3.61, U-3.86; Doc: "Bug Check 0xC4").</summary>
/// <remarks>Each is the consequence of a mistake that has its own finding; so it is noted and the run goes on.</remarks>
internal sealed partial class IoManager
{
    private const uint DetectedViolation = 0xC4;
    private const ulong PoolNotFreed = 0x62;
    private const ulong LookasideInFreedMemory = 0xCC;
    private const ulong WmiNotDeregistered = 0xDB;
    private const ulong EtwNotUnregistered = 0xDD;
    private const int MostBlocks = 16;

    private void CheckWmi(DeviceObject device)
    {
        if (_kernel.Options.Verifier && _kernel.Wmi.IoWMIDeviceObjectToProviderId(device.Address) != 0)
            Note(WmiNotDeregistered, "IoDeleteDevice for a device that is still registered with WMI", device.Address);
    }

    /// <summary>Called when an image is about to be unmapped.</summary>
    private void CheckLeaving(LoadedImage image)
    {
        if (!_kernel.Options.Verifier || image.Pe is null)
            return;
        foreach (var block in _kernel.Ex.NonPagedPool.Blocks.Concat(_kernel.Ex.PagedPool.Blocks)
            .Where(b => IsOf(b.Site, image)).OrderBy(b => b.Address).Take(MostBlocks))
        {
            Note(PoolNotFreed, $"{image.FileName} leaves without having freed {block.ByteCount} bytes of pool", block.Address);
        }

        foreach (var provider in _kernel.Ex.ProvidersOf(image.FileName))
            Note(EtwNotUnregistered, $"{image.FileName} leaves without having unregistered its ETW provider", new VirtualAddress(provider));
        foreach (var list in _kernel.Ex.Lookasides.Where(list => list - image.Base < image.ByteCount))
            Note(LookasideInFreedMemory, $"{image.FileName} leaves with an active lookaside list in its data", list);
    }

    private static bool IsOf(CallSite? site, LoadedImage image) => string.Equals(site?.Module, image.FileName, StringComparison.OrdinalIgnoreCase);

    private void Note(ulong rule, string what, VirtualAddress subject) =>
        _kernel.Record(new VerifierRecord(DetectedViolation, rule, what, subject));
}
