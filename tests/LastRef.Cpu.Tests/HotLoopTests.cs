using System.Reflection;
using Iced.Intel;
using LastRef.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace LastRef.Tests;

public sealed class HotLoopTests
{
    [Fact]
    public void The_hot_switch_stays_below_the_size_at_which_the_compiler_stops_to_optimise()
    {
        MethodInfo loop = typeof(Processor).GetMethod("ExecuteBlocks", BindingFlags.Instance | BindingFlags.NonPublic)!;
        MethodBody body = loop.GetMethodBody()!;
        Assert.InRange(body.GetILAsByteArray()!.Length, 1, 59_000);
        Assert.InRange(body.LocalVariables.Count, 1, 1_900);
    }

    [Fact]
    public void Running_allocates_nothing_once_the_code_is_decoded()
    {
        using var machine = new TestMachine().Load(a =>
        {
            Label loop = a.CreateLabel();
            a.Label(ref loop);
            a.mov(__[rdi + (rcx * 8)], rax);
            a.add(rax, __qword_ptr[rdi + 8]);
            a.bsf(rdx, rax);
            a.pshufd(xmm1, xmm0, 0x1B);
            a.packuswb(xmm1, xmm0);
            a.movups(xmm2, __xmmword_ptr[rdi + 0xFF8]);
            a.mov(cr8, rcx);
            a.call(rbx);
            a.dec(rcx);
            a.jne(loop);
            a.hlt();
        });
        machine.R.Rdi = TestMachine.Data;
        machine.R.Rbx = TestMachine.Thunks;
        Run(machine, 10);
        machine.Calls.EnsureCapacity(20_000);
        machine.CountsOnly = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(machine, 200);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void A_budget_of_one_steps_through_code_that_overwrites_itself()
    {
        using var machine = new TestMachine();
        machine.Memory.Protect(TestMachine.Code, 0x1000, PageAccess.Read | PageAccess.Write | PageAccess.Execute);
        machine.Load(a =>
        {
            Label patched = a.CreateLabel();
            a.lea(rdi, __[patched]);
            a.mov(__byte_ptr[rdi], 0x90);
            a.Label(ref patched);
            a.hlt();
            a.mov(eax, 1);
            a.hlt();
        });
        int steps = 0;
        while (machine.Processor.Run(1).Exit == RunExit.BudgetExhausted)
            steps++;
        Assert.Equal((4, 1ul), (steps, machine.R.Rax));
    }

    [Fact]
    public void A_call_that_overwrites_its_own_block_still_arrives()
    {
        // The stack lies on the code page, so that the return address destroys the block that is executing.
        using var machine = new TestMachine();
        machine.Memory.Protect(TestMachine.Code, 0x1000, PageAccess.Read | PageAccess.Write | PageAccess.Execute);
        machine.Load(a =>
        {
            Label target = a.CreateLabel();
            a.mov(eax, 1);
            a.call(target);
            a.nop();
            a.Label(ref target);
            a.mov(eax, 2);
            a.hlt();
        });
        machine.R.Rsp = TestMachine.Code + 8;
        Assert.Equal(RunExit.Halted, machine.Processor.Run(100).Exit);
        Assert.Equal((2ul, TestMachine.Code), (machine.R.Rax, machine.R.Rsp));
        Assert.Equal(4ul, machine.Processor.InstructionCount);
    }

    [Fact]
    public void A_fault_in_a_fused_or_linked_block_is_still_precise()
    {
        using var machine = new TestMachine().Load(a =>
        {
            Label loop = a.CreateLabel();
            a.Label(ref loop);
            a.mov(rax, __qword_ptr[rdi]);
            a.add(rdi, 8);
            a.cmp(rdi, rsi);
            a.jne(loop);
        });
        machine.R.Rdi = TestMachine.Data;
        RunResult result = machine.Processor.Run(100_000);
        Assert.Equal((14, TestMachine.Data + 0x4000), (result.Vector, result.FaultAddress));
        Assert.Equal((TestMachine.Code, TestMachine.Data + 0x4000), (machine.R.Rip, machine.R.Rdi));
        Assert.Equal(0x4000ul / 8 * 4, machine.Processor.InstructionCount);
    }

    private static void Run(TestMachine machine, ulong turns)
    {
        machine.R.Rip = TestMachine.Code;
        machine.R.Rcx = turns;
        RunResult result = machine.Processor.Run(1_000_000);
        Assert.True(result.Exit == RunExit.Halted, result.ToString());
    }
}
