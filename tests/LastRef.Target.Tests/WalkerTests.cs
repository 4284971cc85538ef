using CsCheck;
using LastRef.Nt;

namespace LastRef.Tests;

public class WalkerTests
{
    private const int Stride = 0x200;
    private static readonly VirtualAddress s_first = new(0xFFFF_8000_0010_0000);

    [Fact]
    public void A_driver_lists_its_devices_newest_first() // U-1.7
    {
        var (memory, driver) = DriverWith(3);
        var walk = driver.Devices(limit: 10);
        Assert.Equal(WalkEnd.Complete, walk.End);
        Assert.True(walk.IsComplete);
        Assert.Equal([Device(memory, 0), Device(memory, 1), Device(memory, 2)], walk.Items);
        Assert.Equal("", walk.Reservation);
    }

    [Fact]
    public void A_driver_without_devices_has_a_complete_empty_list()
    {
        var (_, driver) = DriverWith(0);
        var walk = driver.Devices(limit: 0);
        Assert.Equal(WalkEnd.Complete, walk.End);
        Assert.Empty(walk.Items);
    }

    [Theory]
    [InlineData(3, 3, WalkEnd.Complete)]
    [InlineData(3, 2, WalkEnd.LimitReached)]
    [InlineData(1, 0, WalkEnd.LimitReached)]
    public void A_list_longer_than_the_limit_does_not_pass_for_a_short_one(int devices, int limit, WalkEnd end)
    {
        var (_, driver) = DriverWith(devices);
        var walk = driver.Devices(limit);
        Assert.Equal(end, walk.End);
        Assert.Equal(Math.Min(devices, limit), walk.Items.Count);
    }

    [Fact]
    public void A_list_that_runs_in_a_circle_is_walked_once()
    {
        var (memory, driver) = DriverWith(3);
        Device(memory, 2).SetNextDevice(memory, Device(memory, 1));
        var walk = driver.Devices(limit: 1000);
        Assert.Equal((WalkEnd.Cycle, Device(memory, 1).Address, 3), (walk.End, walk.At, walk.Items.Count));
    }

    [Fact]
    public void A_link_into_unreadable_memory_ends_the_walk_and_says_where()
    {
        var (memory, driver) = DriverWith(2);
        Device(memory, 1).SetNextDevice(memory, new DeviceObject(memory, new VirtualAddress(0x123000)));
        var walk = driver.Devices(limit: 1000);
        Assert.Equal((WalkEnd.Unreadable, new VirtualAddress(0x123010), ReadFailure.NotMapped), (walk.End, walk.At, walk.Failure));
        Assert.Equal([Device(memory, 0), Device(memory, 1)], walk.Items);
        Assert.Equal("unreadable at 00000000`00123010 (NotMapped)", walk.Reservation);
    }

    [Fact]
    public void An_unreadable_driver_has_no_short_list()
    {
        var memory = new SparseTarget(NtBuild.Windows10_2004);
        Assert.Equal(WalkEnd.Unreadable, new DriverObject(memory, s_first).Devices(10).End);
    }

    [Fact]
    public void A_stack_is_seen_upwards_and_downwards_without_the_device_itself() // U-1.8, U-1.10
    {
        var (memory, _) = DriverWith(3);
        for (var i = 0; i < 3; i++)
        {
            var extension = new DeviceObjectExtension(memory, Device(memory, i).Address + 0x180);
            Device(memory, i).SetDeviceObjectExtension(memory, extension);
            Device(memory, i).SetAttachedDevice(memory, i < 2 ? Device(memory, i + 1) : null);
            extension.SetAttachedTo(memory, i > 0 ? Device(memory, i - 1) : null);
        }

        Assert.Equal([Device(memory, 1), Device(memory, 2)], Device(memory, 0).DevicesAbove(10).Items);
        Assert.Equal([Device(memory, 1), Device(memory, 0)], Device(memory, 2).DevicesBelow(10).Items);
        Assert.Empty(Device(memory, 0).DevicesBelow(10).Items);
        Assert.Equal(WalkEnd.Complete, Device(memory, 0).DevicesAbove(2).End);
        Assert.Equal(WalkEnd.LimitReached, Device(memory, 0).DevicesAbove(1).End);
        Assert.Single(Device(memory, 0).DevicesAbove(1).Items);
    }

    [Fact]
    public void A_doubly_linked_list_gives_the_structures_that_hold_its_links()
    {
        var memory = new SparseTarget(NtBuild.Windows10_2004);
        memory.Map(s_first, 0x2000);
        var head = new ListEntry(memory, s_first);
        var links = new[] { 0x100, 0x200, 0x300 }.Select(offset => new ListEntry(memory, s_first + offset + 0x20)).ToArray();
        head.SetFlink(memory, links[0].Address);
        links[0].SetFlink(memory, links[1].Address);
        links[1].SetFlink(memory, links[2].Address);
        links[2].SetFlink(memory, head.Address);
        var walk = Walker.List<Irp>(head, linkOffset: 0x20, limit: 3);
        Assert.Equal(WalkEnd.Complete, walk.End);
        Assert.Equal([s_first + 0x100, s_first + 0x200, s_first + 0x300], walk.Items.Select(irp => irp.Address));
    }

    [Fact]
    public void An_empty_list_points_to_itself_and_zeroed_memory_is_no_list()
    {
        var memory = new SparseTarget(NtBuild.Windows10_2004);
        memory.Map(s_first, 0x1000);
        var head = new ListEntry(memory, s_first);
        Assert.Equal(WalkEnd.Unreadable, Walker.Links(head, 10).End);
        head.SetFlink(memory, head.Address);
        Assert.Equal(WalkEnd.Complete, Walker.Links(head, 0).End);
    }

    [Fact]
    public void Any_graph_of_links_is_walked_to_an_end_that_is_true() =>
        Gen.Int[-1, 9].Array[10].Sample(next =>
        {
            // Link i leads to link next[i]; -1 leads into a hole. Link 0 is the head.
            var memory = new SparseTarget(NtBuild.Windows10_2004);
            memory.Map(s_first, 0x1000);
            VirtualAddress Link(int i) => i < 0 ? new VirtualAddress(0x5000) : s_first + (i * 0x10);
            for (var i = 0; i < next.Length; i++)
                new ListEntry(memory, Link(i)).SetFlink(memory, Link(next[i]));

            var expected = new List<int>();
            var at = next[0];
            while (at > 0 && !expected.Contains(at))
            {
                expected.Add(at);
                at = next[at];
            }

            var walk = Walker.Links(new ListEntry(memory, Link(0)), limit: 100);
            Assert.Equal(at switch { 0 => WalkEnd.Complete, < 0 => WalkEnd.Unreadable, _ => WalkEnd.Cycle }, walk.End);
            Assert.Equal(expected.Select(Link), walk.Items);
        });

    private static DeviceObject Device(Target memory, int index) => new(memory, s_first + 0x1000 + (index * Stride));

    private static (SparseTarget Memory, DriverObject Driver) DriverWith(int devices)
    {
        var memory = new SparseTarget(NtBuild.Windows10_2004);
        memory.Map(s_first, 0x1000 + (Math.Max(devices, 1) * Stride));
        var driver = new DriverObject(memory, s_first);
        driver.SetDeviceObject(memory, devices > 0 ? Device(memory, 0) : null);
        for (var i = 0; i + 1 < devices; i++)
            Device(memory, i).SetNextDevice(memory, Device(memory, i + 1));
        return (memory, driver);
    }
}
