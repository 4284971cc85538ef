using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The processor and the threads as a machine that stands still has them.</summary>
internal sealed partial class KernelDebugger
{
    // KSWITCH_FRAME, which a thread that gave up the processor leaves at its KernelStack (ksamd64.inc of the WDK): home space, then these.
    private const int SwitchFrameRbp = 0x30;
    private const int SwitchFrameReturn = 0x38;
    private const int SwitchFrameBytes = 0x40;

    /// <summary>What a KTHREAD has room for itself; a wait for more objects brings its own blocks (Doc: KeWaitForMultipleObjects).</summary>
    private const int ThreadWaitObjects = 3;

    private void PublishProcessor()
    {
        var processor = new KPcr(Memory, AddressMap.ProcessorControlRegion).CurrentPrcb;
        Memory.WritePointer(Images.Variable("KiProcessorBlock", 8), processor);
        PublishProcessorState(processor);
        PublishInterrupts(processor);
        var running = _kernel.Processor.Registers.Rsp;
        foreach (var thread in _kernel.Scheduler.Threads)
        {
            // The processor stopped on one thread's stack: after a bug check that thread is the current one, although the scheduler has
            // none any more. A thread that waits below driver code was left where its innermost call into the kernel was made.
            var isRunning = running >= thread.StackLimit.Value && running < thread.StackBase.Value && _kernel.Stop is not null;
            if (isRunning)
                new KPrcb(Memory, processor).SetCurrentThread(Memory, thread.Address);
            if (isRunning || thread == _kernel.Scheduler.Current)
                new KThread(Memory, thread.Address).SetKernelStack(Memory, new VirtualAddress(running));
            else
                PublishSwitchFrame(thread);
            if (thread.Wait is { } wait)
                PublishWait(thread, wait);
        }
    }

    /// <summary>Connected interrupts by their vectors; those that share one are linked (public symbols: _KPRCB.InterruptObject, _KINTERRUPT).</summary>
    private void PublishInterrupts(VirtualAddress processor)
    {
        if (!Memory.Layout.TryGetField("_KPRCB", "InterruptObject", out var table))
            return;
        foreach (var sharing in _kernel.Io.Interrupts.Where(i => i.Vector < (uint)table.Count).GroupBy(i => i.Vector))
        {
            var interrupts = sharing.ToList();
            _kernel.Ke.InitializeList(interrupts[0].InterruptListEntry.Address);
            foreach (var other in interrupts.Skip(1))
                GuestList.InsertTail(Memory, interrupts[0].InterruptListEntry, other.InterruptListEntry);
            Memory.WritePointer(processor + (table.Offset + (8 * (int)sharing.Key)), interrupts[0].Address);
        }
    }

    /// <summary>The registers of the processor, where debuggers look for them.</summary>
    private void PublishProcessorState(VirtualAddress processor)
    {
        if (!Memory.Layout.TryGetField("_KPRCB", "ProcessorState.ContextFrame", out var frame)
            || !Memory.Layout.TryGetField("_KPRCB", "ProcessorState.SpecialRegisters.Cr3", out var cr3)
            || !Memory.Layout.TryGetField("_KPRCB", "ProcessorState.SpecialRegisters.Cr0", out var cr0)
            || !Memory.Layout.TryGetField("_KPRCB", "ProcessorState.SpecialRegisters.Cr4", out var cr4)
            || !Memory.Layout.TryGetField("_KPRCB", "Context", out var context))
            return;
        ContextRecord.Write(Memory, processor + frame.Offset, ref _kernel.Processor.Registers);
        Memory.WritePointer(processor + context.Offset, processor + frame.Offset);

        // Protection, paging and write protection; physical address extension (Intel SDM volume 3, 2.5).
        const ulong protectedPaging = 0x8001_0033, physicalAddressExtension = 0x20;
        Memory.WriteUInt64(processor + cr0.Offset, protectedPaging);
        Memory.WriteUInt64(processor + cr3.Offset, AddressMap.DirectoryTableBase.Value);
        Memory.WriteUInt64(processor + cr4.Offset, physicalAddressExtension);
    }

    private void PublishSwitchFrame(KernelThread thread)
    {
        var frame = thread.Registers.Rsp - SwitchFrameBytes;
        if (frame < thread.StackLimit.Value || frame >= thread.StackBase.Value - SwitchFrameBytes)
            return;
        Memory.Clear(new VirtualAddress(frame), SwitchFrameBytes);
        Memory.WriteUInt64(new VirtualAddress(frame + SwitchFrameRbp), thread.Registers.Rbp);
        Memory.WriteUInt64(new VirtualAddress(frame + SwitchFrameReturn), thread.Registers.Rip);
        new KThread(Memory, thread.Address).SetKernelStack(Memory, new VirtualAddress(frame));
    }

    /// <summary>A wait: its blocks, linked into the objects that are waited for.</summary>
    private void PublishWait(KernelThread thread, WaitBlock wait)
    {
        if (wait.Objects.Length == 0 || !Memory.Layout.TryGetField("_KTHREAD", "WaitBlock", out var own))
            return;
        var size = KWaitBlock.SizeOf(Memory.Layout);
        var blocks = wait.Objects.Length <= ThreadWaitObjects ? thread.Address + own.Offset : Allocate(size * wait.Objects.Length, "Wait");
        for (var i = 0; i < wait.Objects.Length; i++)
        {
            var block = new KWaitBlock(Memory, blocks + (i * size));
            Memory.Clear(block.Address, size);
            block.SetThread(Memory, new KThread(Memory, thread.Address));
            block.SetObject(Memory, wait.Objects[i]);
            block.SetWaitKey(Memory, (ushort)i);
            block.SetWaitType(Memory, (byte)(wait.WaitAll ? 0 : 1));
            // Up to Windows 7 the blocks are a ring; later they lie side by side and are counted.
            if (Memory.Layout.TryGetField("_KWAIT_BLOCK", "NextWaitBlock", out var next))
                Memory.WritePointer(block.Address + next.Offset, blocks + ((i + 1) % wait.Objects.Length * size));
            if (Memory.TryRead(wait.Objects[i], new byte[0x18], out _) && new DispatcherHeader(Memory, wait.Objects[i]).WaitListHead is var head && IsSound(head))
                GuestList.InsertTail(Memory, head, block.WaitListEntry);
        }

        if (Memory.Layout.TryGetField("_KTHREAD", "WaitBlockCount", out var count))
            Memory.WriteByte(thread.Address + count.Offset, (byte)wait.Objects.Length);
        new KThread(Memory, thread.Address).SetWaitBlockList(Memory, blocks);
    }

    /// <summary>A list that the driver has not written over.</summary>
    private bool IsSound(ListEntry head) =>
        !head.Flink.IsNull && Memory.TryRead(head.Blink, new byte[16], out _) && new ListEntry(Memory, head.Blink).Flink == head.Address;
}
