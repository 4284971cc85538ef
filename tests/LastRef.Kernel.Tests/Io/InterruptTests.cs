using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Message-signalled interrupts, and when an interrupt that hardware asked for is taken.</summary>
[Trait("Spec", "U-6.58")]
public sealed class InterruptTests
{
    private const uint MessageBased = 3;
    private const int EntryBytes = 0x30;

    [Fact]
    public void Start_hands_over_messages_with_their_count_and_first_vector()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive(resources: [new DeviceResource(DeviceResourceKind.Interrupt, 8, 0) { Messages = 3 }]);
        var lists = (VirtualAddress.Null, VirtualAddress.Null);
        pnp.OnStart = location => lists = (location.StartAllocatedResources, location.StartAllocatedResourcesTranslated);
        Assert.Equal(NtStatus.Success, pnp.Start(device));
        var raw = new CmResourceList(test.Memory, lists.Item1).FirstDescriptor[0].PartialResourceList.PartialDescriptors[0];
        Assert.Equal((2, 3, 3u), (raw.Type, raw.Flags, raw.MessageCount));
        var translated = new CmResourceList(test.Memory, lists.Item2).FirstDescriptor[0].PartialResourceList.PartialDescriptors[0];
        Assert.Equal((3, 0x58u, 5), (translated.Flags, translated.InterruptVector, translated.InterruptLevel));
    }

    [Fact]
    public void Each_message_has_an_interrupt_object_and_its_routine_gets_its_number()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive(resources: [new DeviceResource(DeviceResourceKind.Interrupt, 0x1E, 0) { Messages = 3 }]);
        pnp.Start(device);
        var calls = new List<(ulong Interrupt, ulong Context, uint Message, int Level)>();
        var routine = test.Routine(arguments =>
        {
            calls.Add((arguments[0], arguments[1], (uint)arguments[2], (int)test.Kernel.Ke.CurrentIrql));
            return GuestTask.FromResult(1UL);
        });
        var (parameters, result) = Parameters(test, device, routine);
        Assert.Equal(NtStatus.Success, test.Status("IoConnectInterruptEx", parameters.Value));
        Assert.Equal(MessageBased, test.Memory.ReadUInt32(parameters));
        var table = test.Memory.ReadPointer(result);

        // Vectors 6E, 6F and 70: two levels, and all routines run at the higher.
        Assert.Equal((7, 3u), (test.Memory.ReadByte(table), test.Memory.ReadUInt32(table + 4)));
        var entries = Enumerable.Range(0, 3).Select(i => table + 8 + (EntryBytes * i)).ToArray();
        Assert.Equal([0x6Eu, 0x6Fu, 0x70u], entries.Select(e => test.Memory.ReadUInt32(e + 0x1C)));
        Assert.Equal([6, 6, 7], entries.Select(e => (int)test.Memory.ReadByte(e + 0x20)));
        Assert.All(entries, e => Assert.Equal(0xFEE0_0000UL, test.Memory.ReadUInt64(e)));
        foreach (var entry in entries.Reverse())
            Assert.True(test.Run(_ => test.Kernel.Io.RaiseInterrupt(new KInterrupt(test.Memory, test.Memory.ReadPointer(entry + 0x10)))));
        Assert.Equal(
            [(2u, 7), (1u, 7), (0u, 7)], calls.Select(c => (c.Message, c.Level)));
        Assert.All(calls, c => Assert.Equal(0x77UL, c.Context));
        Assert.Single(test.Kernel.Io.Interrupts.Select(i => i.ActualLock).Distinct());

        test.Memory.WritePointer(parameters + 8, table);
        test.CallNow("IoDisconnectInterruptEx", parameters.Value);
        Assert.Empty(test.Kernel.Io.Interrupts);
    }

    [Fact]
    public void A_device_without_messages_and_a_caller_without_fallback_are_not_connected()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive(resources: [new DeviceResource(DeviceResourceKind.Interrupt, 4, 0)]);
        pnp.Start(device);
        var (parameters, _) = Parameters(test, device, test.Routine(_ => GuestTask.FromResult(1UL)));
        Assert.Equal(NtStatus.NotFound, test.Status("IoConnectInterruptEx", parameters.Value));
        Assert.Empty(test.Kernel.Io.Interrupts);
    }

    [Fact]
    public void Filtered_requirements_keep_a_devices_messages()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        (uint Low, uint High, ushort Flags) seen = default;
        pnp.OnFilter = list =>
        {
            var descriptor = list.FirstList[0].Descriptors[0];
            seen = (descriptor.MinimumVector, descriptor.MaximumVector, descriptor.Flags);
        };
        var device = pnp.Arrive(resources: [new DeviceResource(DeviceResourceKind.Interrupt, 8, 0) { Messages = 3 }]);
        pnp.Start(device);
        Assert.Equal((0xFFFF_FFFCu, 0xFFFF_FFFEu, (ushort)3), seen);
        Assert.Equal([new DeviceResource(DeviceResourceKind.Interrupt, 8, 0) { Messages = 3 }], device.AssignedResources);
    }

    /// <summary>The code writes to memory until the routine has been called: nothing else would end its loop.</summary>
    [Fact]
    public void An_interrupt_comes_between_two_instructions_of_driver_code()
    {
        using var test = KernelTest.Boot();
        var flag = test.Allocate(8);

        // l: cmp qword ptr [rcx], 0; je l; ret
        var loop = test.Code(0x48, 0x83, 0x39, 0x00, 0x74, 0xFA, 0xC3);
        test.Kernel.Ps.CreateSystemThread("hardware", 31, async _ =>
        {
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-50_000));
            test.Kernel.Ke.RequestInterrupt((Irql)5, () =>
            {
                test.Memory.WriteUInt64(flag, 1);
                return GuestTask.CompletedTask;
            });
        });
        test.Run(thread => thread.Call(loop, flag.Value));
        Assert.Equal(1UL, test.Memory.ReadUInt64(flag));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(5, false)]
    [InlineData(7, false)]
    public void An_interrupt_waits_until_irql_is_below_its_own(int irql, bool isTakenInside)
    {
        using var test = KernelTest.Boot();
        var levels = new List<int>();
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", (ulong)irql);
            test.Kernel.Ke.RequestInterrupt((Irql)5, () =>
            {
                levels.Add((int)test.Kernel.Ke.CurrentIrql);
                return GuestTask.CompletedTask;
            });
            await test.Call("KeGetCurrentIrql");
            await test.Call("KeGetCurrentIrql");
            Assert.Equal(isTakenInside, levels.Count == 1);
            await test.Call("KeLowerIrql", 0);
            await test.Call("KeGetCurrentIrql");
        });
        Assert.Equal([isTakenInside ? irql : 0], levels);
    }

    [Fact]
    public void The_highest_of_several_interrupts_is_taken_first()
    {
        using var test = KernelTest.Boot();
        var taken = new List<int>();
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", 12);
            foreach (var level in new[] { 5, 8, 8, 3 })
            {
                test.Kernel.Ke.RequestInterrupt((Irql)level, () =>
                {
                    taken.Add(level);
                    return GuestTask.CompletedTask;
                });
            }

            await test.Call("KeLowerIrql", 0);
            await test.Call("KeGetCurrentIrql");
        });
        Assert.Equal([8, 8, 5, 3], taken);
    }

    private static (VirtualAddress Parameters, VirtualAddress Result) Parameters(KernelTest test, PnpDevice device, VirtualAddress routine)
    {
        var (parameters, result) = (test.Allocate(0x48), test.Allocate(8));
        test.Memory.WriteUInt32(parameters, MessageBased);
        test.Memory.WritePointer(parameters + 8, device.Pdo.Address);
        test.Memory.WritePointer(parameters + 0x10, result);
        test.Memory.WritePointer(parameters + 0x18, routine);
        test.Memory.WriteUInt64(parameters + 0x20, 0x77);
        return (parameters, result);
    }
}
