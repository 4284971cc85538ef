using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>DMA adapters through their table of operations, as the macros of the headers call it.</summary>
public sealed class DmaTests
{
    private const int Put = 0x08, AllocateBuffer = 0x10, FreeBuffer = 0x18, AllocateChannel = 0x20, Flush = 0x28, FreeChannel = 0x30, FreeRegisters = 0x38;
    private const int MapTransfer = 0x40, Alignment = 0x48, GetList = 0x58, PutList = 0x60, CalculateList = 0x68, BuildList = 0x70;
    private const ulong KeepObject = 1, KeepRegisters = 3;

    [Fact]
    public void An_adapter_has_map_registers_for_the_longest_transfer_and_is_given_back()
    {
        using var test = KernelTest.Boot();
        var (adapter, registers) = Open(test, maximumLength: 0x8000);
        Assert.Equal(9u, registers);
        Assert.Equal(0x80u, test.Memory.ReadUInt32(test.Memory.ReadPointer(adapter + 8)));
        Assert.Equal(1UL, Call(test, adapter, Alignment));
        Call(test, adapter, Put);
        Assert.Empty(test.Kernel.Hal.Adapters);
        Assert.Equal([true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.DmaAdapter).Select(r => r.Begin));
    }

    [Fact]
    public void A_common_buffer_is_the_same_memory_for_driver_and_device()
    {
        using var test = KernelTest.Boot();
        var (adapter, _) = Open(test, 0x1000);
        var logical = test.Allocate(8);
        var buffer = new VirtualAddress(Call(test, adapter, AllocateBuffer, 0x2000, logical.Value, 0));
        test.Memory.WriteUInt32(buffer + 0x1FFC, 0xCAFE);
        Assert.Equal(test.CallNow("MmGetPhysicalAddress", buffer.Value + 0x1000), test.Value(logical) + 0x1000);
        Assert.Equal(0xCAFEu, test.Memory.ReadUInt32(new VirtualAddress(test.CallNow("MmMapIoSpace", test.Value(logical) + 0x1FFC, 4, 0))));
        Call(test, adapter, FreeBuffer, 0x2000, test.Value(logical), buffer.Value, 0);
        Assert.False(test.Memory.TryRead(buffer, new byte[1], out _));
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await Invoke(test, adapter, FreeBuffer, 0x2000, 0, buffer.Value, 0)));
    }

    [Fact]
    public void Who_comes_while_the_channel_is_held_waits_until_it_is_free()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "dma").CreateDevice("Dma");
        var (adapter, _) = Open(test, 0x4000);
        var order = new List<string>();
        VirtualAddress Control(string name, ulong action) => test.Routine(arguments =>
        {
            order.Add($"{name} {arguments[3]}");
            return GuestTask.FromResult(action);
        });
        Assert.Equal(NtStatus.Success.Code, (uint)Call(test, adapter, AllocateChannel, device.Address.Value, 1, Control("first", KeepObject).Value, 7));
        Assert.Equal(NtStatus.Success.Code, (uint)Call(test, adapter, AllocateChannel, device.Address.Value, 1, Control("second", KeepRegisters).Value, 8));
        Assert.Equal(NtStatus.Success.Code, (uint)Call(test, adapter, AllocateChannel, device.Address.Value, 1, Control("third", KeepObject).Value, 9));
        Assert.Equal(["first 7"], order);
        Call(test, adapter, FreeChannel);
        Assert.Equal(["first 7", "second 8", "third 9"], order);
        Call(test, adapter, FreeRegisters, 0, 1);
        Assert.Equal(NtStatus.InsufficientResources.Code, (uint)Call(test, adapter, AllocateChannel, device.Address.Value, 99, 0, 0));
    }

    [Fact]
    public void A_transfer_is_mapped_piece_by_piece()
    {
        using var test = KernelTest.Boot();
        var (adapter, _) = Open(test, 0x4000);
        var (mdl, start, length) = (Locked(test, 0x3000, out var buffer), buffer, test.Allocate(4));
        var left = 0x2100u;
        var current = start + 0x10;
        while (left > 0)
        {
            test.Memory.WriteUInt32(length, left);
            var address = Call(test, adapter, MapTransfer, mdl.Address.Value, 0, current.Value, length.Value, 1);
            Assert.Equal(test.CallNow("MmGetPhysicalAddress", current.Value), address);
            var bytes = test.Memory.ReadUInt32(length);
            Assert.Equal(test.CallNow("MmGetPhysicalAddress", current.Value + bytes - 1), address + bytes - 1);
            Assert.InRange(bytes, 1u, left);
            (current, left) = (current + bytes, left - bytes);
        }

        Assert.Equal(1, (byte)Call(test, adapter, Flush, mdl.Address.Value, 0, start.Value, 0x2100, 1));
    }

    [Fact]
    public void A_scatter_gather_list_has_every_byte_of_the_transfer_once()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "gather").CreateDevice("Gather");
        var (adapter, _) = Open(test, 0x8000);
        var mdl = Locked(test, 0x3000, out var buffer);
        var lists = new List<VirtualAddress>();
        var control = test.Routine(arguments =>
        {
            Assert.Equal((device.Address.Value, 0x55UL), (arguments[0], arguments[3]));
            lists.Add(new VirtualAddress(arguments[2]));
            return GuestTask.FromResult(0UL);
        });
        Assert.Equal(
            NtStatus.Success.Code, (uint)Call(test, adapter, GetList, device.Address.Value, mdl.Address.Value, buffer.Value + 8, 0x2FF0, control.Value, 0x55, 1));
        Assert.Equal(0x2FF0u, TotalOf(test, Assert.Single(lists), buffer + 8));
        Call(test, adapter, PutList, lists[0].Value, 1);
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(lists[0]));

        var (size, own) = (test.Allocate(4), test.Allocate(0x100));
        Call(test, adapter, CalculateList, mdl.Address.Value, buffer.Value + 8, 0x2FF0, size.Value, 0);
        var bytes = test.Memory.ReadUInt32(size);
        Assert.Equal(0x10u + (3 * 0x18), bytes);
        ulong[] arguments = [device.Address.Value, mdl.Address.Value, buffer.Value + 8, 0x2FF0, control.Value, 0x55, 1, own.Value, bytes];
        Assert.Equal(NtStatus.Success.Code, (uint)Call(test, adapter, BuildList, arguments));
        Assert.Equal((own, 0x2FF0u), (lists[1], TotalOf(test, own, buffer + 8)));
        Assert.Equal(NtStatus.BufferTooSmall.Code, (uint)Call(test, adapter, BuildList, [.. arguments[..8], 0x10]));
    }

    [Fact]
    public void The_older_names_give_the_same()
    {
        using var test = KernelTest.Boot();
        var registers = test.Allocate(4);
        Assert.NotEqual(0UL, test.CallNow("HalGetAdapter", Description(test, 0x1000), registers.Value));
        Assert.Equal(2u, test.Memory.ReadUInt32(registers));
        var (irql, affinity) = (test.Allocate(1), test.Allocate(8));
        Assert.Equal(0x55u, (uint)test.CallNow("HalGetInterruptVector", 1, 0, 5, 5, irql.Value, affinity.Value));
        Assert.Equal((5, 1UL), (test.Memory.ReadByte(irql), test.Value(affinity)));
    }

    private static uint TotalOf(KernelTest test, VirtualAddress list, VirtualAddress start)
    {
        var total = 0u;
        for (var i = 0u; i < test.Memory.ReadUInt32(list); i++)
        {
            var element = list + 0x10 + (i * 0x18);
            Assert.Equal(test.CallNow("MmGetPhysicalAddress", start.Value + total), test.Value(element));
            total += test.Memory.ReadUInt32(element + 8);
        }

        return total;
    }

    private static (VirtualAddress Adapter, uint Registers) Open(KernelTest test, uint maximumLength)
    {
        var registers = test.Allocate(4);
        var adapter = new VirtualAddress(test.CallNow("IoGetDmaAdapter", 0, Description(test, maximumLength), registers.Value));
        return (adapter, test.Memory.ReadUInt32(registers));
    }

    private static ulong Description(KernelTest test, uint maximumLength)
    {
        var description = test.Allocate(0x28);
        test.Memory.WriteUInt32(description + 0x20, maximumLength);
        return description.Value;
    }

    private static Mdl Locked(KernelTest test, int byteCount, out VirtualAddress buffer)
    {
        buffer = new VirtualAddress(test.CallNow("ExAllocatePoolWithTag", 0, (ulong)byteCount, 1));
        var mdl = new Mdl(test.Memory, new VirtualAddress(test.CallNow("IoAllocateMdl", buffer.Value, (ulong)byteCount, 0, 0, 0)));
        test.CallNow("MmBuildMdlForNonPagedPool", mdl.Address.Value);
        return mdl;
    }

    private static ulong Call(KernelTest test, VirtualAddress adapter, int operation, params ulong[] arguments) =>
        test.Run(_ => Invoke(test, adapter, operation, arguments));

    private static GuestTask<ulong> Invoke(KernelTest test, VirtualAddress adapter, int operation, params ulong[] arguments) =>
        test.Kernel.CurrentThread.Call(test.Memory.ReadPointer(test.Memory.ReadPointer(adapter + 8) + operation), [adapter.Value, .. arguments]);
}
