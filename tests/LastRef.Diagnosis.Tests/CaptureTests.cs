using CsCheck;
using LastRef.Nt;

namespace LastRef.Tests;

public class CaptureTests
{
    public static TheoryData<NtBuild> Builds => [.. Enum.GetValues<NtBuild>()];

    [Theory, MemberData(nameof(Builds))]
    public void The_references_to_a_driver_object_are_its_name_its_keep_alive_and_one_a_device(NtBuild build)
    {
        var memory = new KernelMemory(build);
        var driver = memory.Driver("X", pointerCount: 5);
        memory.Device(driver, "X0", 2);
        memory.Device(driver, null, 1);
        memory.Device(driver, null, 1, isListed: false);

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        Assert.Equal(@"\Driver\X", capture.Driver!.Name);
        Assert.True(capture.Driver.HasName);
        Assert.Equal(3, capture.DevicesOfDriver.Count());
        Assert.Equal(2, capture.Devices.Count(d => d.IsListed));
        Assert.Equal(0, capture.BalanceOf(driver.Address, ReferenceCounter.PointerCount)!.Unexplained);
        Assert.Contains(capture.Devices, d => d.Name == @"\Device\X0");
    }

    [Fact]
    public void A_reference_that_nothing_in_memory_explains_is_counted_as_such()
    {
        var memory = new KernelMemory();
        var driver = memory.Driver("X", pointerCount: 4);
        var device = memory.Device(driver, "X0", pointerCount: 5);

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        Assert.Equal(1, capture.BalanceOf(driver.Address, ReferenceCounter.PointerCount)!.Unexplained);
        Assert.Equal(3, capture.BalanceOf(device.Address, ReferenceCounter.PointerCount)!.Unexplained);
        Assert.Equal(3, Assert.Single(capture.HoldsOn(device.Address, ReferenceCounter.PointerCount), h => h.Kind == HolderKind.Unexplained).Count);
    }

    [Theory, MemberData(nameof(Builds))]
    public void An_open_is_traced_to_the_process_and_handle_behind_it(NtBuild build)
    {
        var batch = (int)build >= 9600 ? 0x7FF0u : 1u;
        var memory = new KernelMemory(build);
        var driver = memory.Driver("X", 3);
        var device = memory.Device(driver, "X0", 2);
        var file = memory.Open(device, pointerCount: batch + 2, handleCount: 1);
        memory.ProcessWithHandle("app.exe", 2380, file.Address, batch);

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        var handle = Assert.Single(capture.Handles);
        Assert.Equal(("app.exe", 2380UL, new HandleValue(0x44), file.Address), (handle.ProcessName, handle.ProcessId, handle.Value, handle.Object));
        Assert.Equal(0, capture.BalanceOf(device.Address, ReferenceCounter.IoCount)!.Unexplained);
        Assert.Equal(0, capture.BalanceOf(file.Address, ReferenceCounter.HandleCount)!.Unexplained);
        Assert.Equal(2, capture.BalanceOf(file.Address, ReferenceCounter.PointerCount)!.Unexplained);
    }

    [Fact]
    public void A_driver_without_a_name_has_neither_name_nor_keep_alive_to_explain_it()
    {
        var memory = new KernelMemory();
        var driver = memory.Driver("X", pointerCount: 1, hasName: false);
        memory.Device(driver, null, 1, isListed: false);

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        Assert.False(capture.Driver!.HasName);
        Assert.Equal(0, capture.BalanceOf(driver.Address, ReferenceCounter.PointerCount)!.Unexplained);
    }

    [Fact]
    public void A_device_list_that_runs_in_a_circle_is_said_to()
    {
        var memory = new KernelMemory();
        var driver = memory.Driver("X", 3);
        var device = memory.Device(driver, null, 1);
        device.SetNextDevice(memory.Memory, device);

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        Assert.Contains(capture.Gaps, gap => gap.Contains("circle", StringComparison.Ordinal));
        Assert.False(capture.Driver!.Devices.IsComplete);
    }

    [Fact]
    public void Importers_are_what_the_driver_object_does_not_explain_of_the_load_count()
    {
        var memory = new KernelMemory();
        var entry = memory.Module("x.sys", new VirtualAddress(0xFFFF_F800_1000_0000), 0x8000, 3);
        var driver = memory.Driver("X", 2);
        driver.SetDriverSection(memory.Memory, new KldrDataTableEntry(memory.Memory, entry));

        var capture = Capture.Of(memory.Memory, memory.Roots(driver));

        Assert.Equal("x.sys", capture.Module!.Name);
        Assert.Equal(2, capture.BalanceOf(entry, ReferenceCounter.LoadCount)!.Unexplained);
    }

    [Fact]
    public void A_driver_object_that_was_freed_is_not_read()
    {
        var memory = new KernelMemory();
        var driver = memory.Driver("X", 2);
        var capture = Capture.Of(memory.Memory, memory.Roots(driver) with { DriverObjectExists = false });
        Assert.Null(capture.Driver);
    }

    [Fact]
    public void No_garbage_makes_a_capture_throw()
    {
        // Pointers into the built memory, so that links lead to other structures and not only to nowhere.
        var byteCount = (int)(Full().End - new VirtualAddress(0xFFFF_A000_0000_0000));
        var word = Gen.OneOf(
            Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue),
            Gen.Int[0, byteCount].Select(offset => 0xFFFF_A000_0000_0000UL + (ulong)offset));
        Gen.Select(Gen.Int[0, byteCount - 8], word).Array[1, 12].Sample(
            writes =>
            {
                var memory = Full();
                var roots = memory.Roots(memory.Driver("X", 2)) with { DriverObject = FirstDriver };
                foreach (var (offset, value) in writes)
                    memory.Memory.TryWrite(new VirtualAddress(0xFFFF_A000_0000_0000) + offset, BitConverter.GetBytes(value));
                var capture = Capture.Of(memory.Memory, roots);
                Assert.NotNull(capture.Gaps);
            },
            iter: 300);
    }

    private static VirtualAddress FirstDriver { get; } = FindFirstDriver();

    private static VirtualAddress FindFirstDriver()
    {
        var memory = new KernelMemory();
        return memory.Driver("X", 4).Address;
    }

    private static KernelMemory Full()
    {
        var memory = new KernelMemory();
        var driver = memory.Driver("X", 4);
        var lower = memory.Device(driver, "X0", 2);
        var upper = memory.Device(driver, null, 1);
        lower.SetAttachedDevice(memory.Memory, upper);
        upper.DeviceObjectExtension!.Value.SetAttachedTo(memory.Memory, lower);
        var file = memory.Open(lower, 3, 1);
        memory.ProcessWithHandle("app.exe", 2380, file.Address, 1);
        memory.Module("x.sys", new VirtualAddress(0xFFFF_F800_1000_0000), 0x8000, 1);
        return memory;
    }
}
