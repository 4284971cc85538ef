using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A list that a driver bent into a circle: Windows would go round in it for ever, the lab says so and stops.</summary>
public sealed class EndlessListTests
{
    [Fact]
    public void A_circle_of_mdls_stops_the_machine()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(64).Value;
        var irp = test.CallNow("IoAllocateIrp", 1, 0);
        var mdl = new Mdl(test.Memory, new VirtualAddress(test.CallNow("IoAllocateMdl", buffer, 64, 0, 0, irp)));
        mdl.SetNext(test.Memory, mdl);
        ExpectStop(test, "IoAllocateMdl", buffer, 64, 1, 0, irp);
    }

    [Fact]
    public void A_tree_whose_node_is_its_own_child_stops_the_machine()
    {
        using var test = KernelTest.Boot();
        var table = new RtlGenericTable(test.Memory, test.Allocate(128));
        var node = new RtlSplayLinks(test.Memory, test.Allocate(64));
        node.SetParent(test.Memory, node);
        node.SetLeftChild(test.Memory, node);
        table.SetTableRoot(test.Memory, node);
        ExpectStop(test, "RtlEnumerateGenericTableWithoutSplaying", table.Address.Value, test.Allocate(8).Value);
    }

    [Fact]
    public void The_machine_is_not_stopped_by_many_reads_over_many_turns()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(16);
        for (var turn = 0; turn < 3; turn++)
        {
            test.Run(_ =>
            {
                for (var i = 0; i < GuestTarget.ReadsInOneTurn / 2; i++)
                    test.Memory.ReadByte(buffer);
                return GuestTask.CompletedTask;
            });
        }

        Assert.Null(test.Kernel.Stop);
    }

    private static void ExpectStop(KernelTest test, string routine, params ulong[] arguments)
    {
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(_ => test.Call(routine, arguments)));
        Assert.Equal(UnsupportedKind.Limit, stop.Kind);
        Assert.Contains("without getting on", stop.Name, StringComparison.Ordinal);
    }
}
