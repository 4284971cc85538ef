using CsCheck;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Objects, handles and references against a model that only adds and subtracts.</summary>
public sealed class ReferenceModelTests
{
    private const int Operations = 100_000;
    private const int Kinds = 14;

    private static readonly Gen<(int Kind, int First, int Second)[]> _operations =
        Gen.Select(Gen.Int[0, Kinds - 1], Gen.Int[0, 1 << 20], Gen.Int[0, 1 << 20]).Array[Operations];

    [Fact]
    [Trait("Spec", "U-1.31")]
    [Trait("Spec", "U-1.63")]
    [Trait("Spec", "U-3.64a")]
    public void Any_mix_of_objects_handles_and_references_counts_as_a_naive_model_does() =>
        _operations.Sample(RunAll, iter: 1, threads: 1);

    [Fact]
    public void A_count_that_is_changed_beside_the_gate_is_noticed_after_the_next_routine()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "audited").CreateDevice("Audited");
        test.CallNow("ObfReferenceObject", device.Address.Value);
        test.Kernel.Ob.HeaderOf(device.Address).SetPointerCount(test.Memory, 7);
        var failure = Assert.Throws<InvariantException>(() => test.CallNow("ObfReferenceObject", device.Address.Value));
        Assert.Contains("ObfReferenceObject", failure.Message, StringComparison.Ordinal);
        Assert.Contains("PointerCount", failure.Message, StringComparison.Ordinal);
    }

    private static void RunAll((int Kind, int First, int Second)[] operations)
    {
        using var test = KernelTest.Boot(new MachineOptions { RecordCalls = false });
        TestDriver[] drivers = [TestDriver.Load(test, "first"), TestDriver.Load(test, "second")];
        VirtualAddress[] processes = [test.Kernel.Ps.CreateProcess("one.exe"), test.Kernel.Ps.CreateProcess("two.exe")];
        var model = new ReferenceModel(test, [.. drivers.Select(d => d.Object)], processes);
        test.Run(async _ =>
        {
            var done = 0;
            foreach (var (kind, first, second) in operations)
            {
                await model.Apply(kind, first, second);
                model.Compare($"operation {done++} of kind {kind}");
            }

            return done;
        });
        Assert.Empty(test.Kernel.AuditNow());
        Assert.All(model.Applied, count => Assert.True(count > operations.Length / 1000, $"an operation was applied {count} times only"));
    }
}
