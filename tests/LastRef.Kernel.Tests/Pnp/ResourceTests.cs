using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ResourceTests
{
    [Fact]
    public void Start_hands_over_the_resources_raw_and_translated()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive(resources:
        [
            new DeviceResource(DeviceResourceKind.Port, 0x3F8, 8),
            new DeviceResource(DeviceResourceKind.Memory, 0xFEB0_0000, 0x1000),
            new DeviceResource(DeviceResourceKind.Interrupt, 4, 0),
        ]);
        var lists = (VirtualAddress.Null, VirtualAddress.Null);
        pnp.OnStart = location => lists = (location.StartAllocatedResources, location.StartAllocatedResourcesTranslated);
        Assert.Equal(NtStatus.Success, pnp.Start(device));
        var raw = Descriptors(test, lists.Item1);
        Assert.Equal([1, 3, 2], raw.Select(d => (int)d.Type));
        Assert.Equal((0x3F8L, 8u), (raw[0].Start, raw[0].Length));
        Assert.Equal((0xFEB0_0000L, 0x1000u), (raw[1].Start, raw[1].Length));
        Assert.Equal(4u, raw[2].InterruptVector);
        var translated = Descriptors(test, lists.Item2);
        Assert.Equal(0x3F8L, translated[0].Start);
        Assert.Equal(translated[2].InterruptVector >> 4, translated[2].InterruptLevel);
        Assert.Equal(1UL, translated[2].InterruptAffinity);
        Assert.Equal(0x14 + (3 * 20), device.ResourceBytes!.Length);
    }

    [Fact]
    public void A_device_without_resources_starts_with_null_lists()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var lists = (new VirtualAddress(1), new VirtualAddress(1));
        pnp.OnStart = location => lists = (location.StartAllocatedResources, location.StartAllocatedResourcesTranslated);
        pnp.PlugIn();
        Assert.Equal((VirtualAddress.Null, VirtualAddress.Null), lists);
    }

    private static CmPartialResourceDescriptor[] Descriptors(KernelTest test, VirtualAddress list)
    {
        Assert.Equal(1u, new CmResourceList(test.Memory, list).Count);

        // CM_RESOURCE_LIST: Count, then one full descriptor: interface type, bus, version and revision, count; 20 bytes for each part.
        var count = test.Memory.ReadUInt32(list + 0x10);
        return [.. Enumerable.Range(0, (int)count).Select(i => new CmPartialResourceDescriptor(test.Memory, list + (0x14 + (20 * i))))];
    }
}
