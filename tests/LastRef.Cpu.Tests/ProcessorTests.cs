using Iced.Intel;
using LastRef.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace LastRef.Tests;

public sealed class ProcessorTests
{
    private const long Plenty = 1_000_000;

    [Fact]
    public void A_loop_computes_and_halts_behind_hlt_with_an_exact_count()
    {
        using var machine = new TestMachine().Load(a =>
        {
            Label loop = a.CreateLabel();
            a.mov(rcx, 10);
            a.xor(eax, eax);
            a.Label(ref loop);
            a.add(rax, rcx);
            a.dec(rcx);
            a.jne(loop);
            a.hlt();
        });
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal(RunExit.Halted, result.Exit);
        Assert.Equal(55ul, machine.R.Rax);
        Assert.Equal(2ul + 30 + 1, machine.Processor.InstructionCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(33)]
    public void A_run_cut_into_budgets_ends_in_the_same_state(int budget)
    {
        static void Program(Assembler a)
        {
            Label loop = a.CreateLabel();
            a.mov(rcx, 60);
            a.mov(rdi, TestMachine.Data);
            a.Label(ref loop);
            a.nop();
            a.mov(__[rdi + (rcx * 8)], rcx);
            a.add(rax, __qword_ptr[rdi + (rcx * 8)]);
            a.sub(rcx, 1);
            a.ja(loop);
            a.mov(ecx, 100);
            a.rep.stosb();
            a.hlt();
        }

        using var whole = new TestMachine().Load(Program);
        whole.Processor.Run(Plenty);
        using var cut = new TestMachine().Load(Program);
        RunResult result = default;
        ulong before = 0;
        while (result.Exit == RunExit.BudgetExhausted)
        {
            result = cut.Processor.Run(budget);
            if (result.Exit == RunExit.BudgetExhausted)
                Assert.Equal(before + (ulong)budget, cut.Processor.InstructionCount);
            before = cut.Processor.InstructionCount;
        }

        Assert.Equal(RunExit.Halted, result.Exit);
        Assert.Equal(whole.Processor.InstructionCount, cut.Processor.InstructionCount);
        Assert.Equal(whole.R.Rax, cut.R.Rax);
        Assert.Equal(whole.R.Rdi, cut.R.Rdi);
        Assert.Equal(whole.R.Rflags, cut.R.Rflags);
        Assert.Equal(whole.R.Rip, cut.R.Rip);
    }

    [Fact]
    public void A_call_through_an_import_slot_reaches_the_thunk_and_returns_behind_it()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(rdi, TestMachine.Data);
            a.mov(ecx, 7);
            a.call(__qword_ptr[rdi]);
            a.add(rax, 1);
            a.hlt();
        });
        machine.Write64(TestMachine.Data, TestMachine.Thunks + 0x30);
        ulong countAtThunk = 0;
        machine.Thunk = _ =>
        {
            countAtThunk = machine.Processor.InstructionCount;
            machine.R.Rax = machine.R.Rcx * 2;
            return ThunkAction.Return;
        };
        Assert.Equal(RunExit.Halted, machine.Processor.Run(Plenty).Exit);
        Assert.Equal(["thunk 3"], machine.Calls);
        Assert.Equal(15ul, machine.R.Rax);
        Assert.Equal(3ul, countAtThunk);
        Assert.Equal(6ul, machine.Processor.InstructionCount);
    }

    [Fact]
    public void A_thunk_that_stops_leaves_rip_at_itself_and_the_return_address_on_the_stack()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(rax, TestMachine.Thunks);
            a.call(rax);
            a.hlt();
        });
        machine.Thunk = _ => ThunkAction.Stop;
        ulong rsp = machine.R.Rsp;
        Assert.Equal(RunExit.HostStop, machine.Processor.Run(Plenty).Exit);
        Assert.Equal(TestMachine.Thunks, machine.R.Rip);
        Assert.Equal(rsp - 8, machine.R.Rsp);
        Assert.Equal(TestMachine.Code + 12, machine.Read64(machine.R.Rsp));
    }

    [Fact]
    public void A_stop_requested_by_a_cr8_write_takes_effect_right_after_it()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(eax, 2);
            a.mov(cr8, rax);
            a.mov(rbx, cr8);
            a.hlt();
        });
        machine.StopOnCr8 = true;
        Assert.Equal(RunExit.HostStop, machine.Processor.Run(Plenty).Exit);
        Assert.Equal(0ul, machine.R.Rbx);
        Assert.Equal(2ul, machine.Processor.InstructionCount);
        Assert.Equal(RunExit.Halted, machine.Processor.Run(Plenty).Exit);
        Assert.Equal(2ul, machine.R.Rbx);
    }

    [Fact]
    public void A_page_fault_has_no_effect_and_names_address_and_instruction()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(eax, 5);
            a.cmp(eax, 5);
            a.add(__dword_ptr[rsi + 8], eax);
            a.hlt();
        });
        machine.R.Rsi = 0x10000;
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal(RunExit.Exception, result.Exit);
        Assert.Equal(14, result.Vector);
        Assert.Equal(0u, result.ErrorCode);
        Assert.Equal(0x10008ul, result.FaultAddress);
        Assert.Equal("add [rsi+8],eax", result.Instruction);
        Assert.Equal(TestMachine.Code + 10, machine.R.Rip);
        Assert.Equal(0x46ul, machine.R.Rflags & 0x8D7);
        Assert.Equal(2ul, machine.Processor.InstructionCount);
    }

    [Fact]
    public void Writing_read_only_memory_faults_as_a_protection_violation_of_a_write()
    {
        using var machine = new TestMachine().Load(a => a.mov(__byte_ptr[TestMachine.Code + 0x1000], al));
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((14, 3u, TestMachine.Code + 0x1000), (result.Vector, result.ErrorCode, result.FaultAddress));
    }

    [Fact]
    public void Executing_data_faults_as_a_fetch()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(rax, TestMachine.Data);
            a.jmp(rax);
        });
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((14, 0x11u, TestMachine.Data), (result.Vector, result.ErrorCode, result.FaultAddress));
        Assert.Equal(TestMachine.Data, machine.R.Rip);
    }

    [Fact]
    public void A_store_that_straddles_an_unmapped_page_writes_nothing()
    {
        using var machine = new TestMachine().Load(a => a.mov(__qword_ptr[rdi], rax));
        machine.R.Rax = ulong.MaxValue;
        machine.R.Rdi = TestMachine.Data + 0x4000 - 4;
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((14, 2u, TestMachine.Data + 0x4000), (result.Vector, result.ErrorCode, result.FaultAddress));
        Assert.Equal(0ul, machine.Read64(TestMachine.Data + 0x4000 - 8));
    }

    [Fact]
    public void Code_that_overwrites_its_next_instruction_executes_the_new_bytes()
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
        Assert.Equal(RunExit.Halted, machine.Processor.Run(Plenty).Exit);
        Assert.Equal(1ul, machine.R.Rax);
    }

    [Fact]
    public void Code_written_through_an_alias_is_executed()
    {
        using var machine = new TestMachine();
        const ulong Alias = 0xFFFFF800_00900000;
        machine.Memory.MapAlias(Alias, TestMachine.Code, 0x1000, PageAccess.Read | PageAccess.Write);
        machine.Load(a =>
        {
            a.mov(eax, 1);
            a.ret();
        }, TestMachine.Code + 0x800);
        machine.Load(a =>
        {
            Label start = a.CreateLabel();
            a.Label(ref start);
            a.call(TestMachine.Code + 0x800);
            a.mov(rdi, Alias + 0x801);
            a.mov(__byte_ptr[rdi], 2);
            a.cmp(eax, 2);
            a.jne(start);
            a.hlt();
        });
        Assert.Equal(RunExit.Halted, machine.Processor.Run(1000).Exit);
        Assert.Equal(2ul, machine.R.Rax);
    }

    [Theory]
    [InlineData(0x29)]
    [InlineData(0x2C)]
    public void A_software_interrupt_ends_the_run_at_itself(int vector)
    {
        using var machine = new TestMachine().Load(a => a.@int((byte)vector));
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((RunExit.Exception, vector), (result.Exit, result.Vector));
        Assert.Equal(TestMachine.Code, machine.R.Rip);
        Assert.Equal(TestMachine.Code + 2, machine.Processor.NextRip);
    }

    [Fact]
    public void An_instruction_that_is_not_implemented_is_named()
    {
        using var machine = new TestMachine().Load(a => a.syscall());
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((RunExit.Unsupported, "syscall"), (result.Exit, result.Instruction));
    }

    [Fact]
    public void Division_by_zero_raises_vector_0()
    {
        using var machine = new TestMachine().Load(a => a.div(rcx));
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((RunExit.Exception, 0, TestMachine.Code), (result.Exit, result.Vector, machine.R.Rip));
    }

    [Fact]
    public void A_repeated_store_stops_at_the_fault_with_its_progress()
    {
        using var machine = new TestMachine().Load(a => a.rep.stosq());
        machine.R.Rcx = 100;
        machine.R.Rax = 1;
        machine.R.Rdi = TestMachine.Data + 0x4000 - 80;
        RunResult result = machine.Processor.Run(Plenty);
        Assert.Equal((14, TestMachine.Data + 0x4000), (result.Vector, result.FaultAddress));
        Assert.Equal((90ul, TestMachine.Data + 0x4000), (machine.R.Rcx, machine.R.Rdi));
        Assert.Equal(10ul, machine.Processor.InstructionCount);
    }

    [Fact]
    public void Segment_bases_reach_the_per_processor_block()
    {
        using var machine = new TestMachine().Load(a =>
        {
            a.mov(rax, __qword_ptr.gs[0x188]);
            a.swapgs();
            a.hlt();
        });
        machine.R.GsBase = TestMachine.Data;
        machine.Write64(TestMachine.Data + 0x188, 77);
        Assert.Equal(RunExit.Halted, machine.Processor.Run(Plenty).Exit);
        Assert.Equal((77ul, 0ul, TestMachine.Data), (machine.R.Rax, machine.R.GsBase, machine.R.KernelGsBase));
    }

    [Fact]
    public void Coverage_counts_each_executed_byte_once()
    {
        using var machine = new TestMachine().Load(a =>
        {
            Label skip = a.CreateLabel();
            a.jmp(skip);
            a.nop();
            a.nop();
            a.Label(ref skip);
            a.hlt();
        });
        var coverage = new CodeCoverage();
        coverage.Track(TestMachine.Code, 0x1000);
        machine.Processor.Coverage = coverage;
        machine.Processor.Run(Plenty);
        machine.R.Rip = TestMachine.Code;
        machine.Processor.Run(Plenty);
        Assert.Equal(3, coverage.BytesRun);
        Assert.False(coverage.WasRun(TestMachine.Code + 2));
    }
}
