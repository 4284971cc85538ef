using Iced.Intel;
using LastRef.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace LastRef.Tests;

/// <summary>What the differential tests leave out, because it asks the host or changes system state.</summary>
public sealed class SystemInstructionTests
{
    [Fact]
    public void Time_identity_and_randomness_are_those_of_the_host()
    {
        using TestMachine machine = Run(a =>
        {
            a.rdtsc();
            a.mov(r8, rax);
            a.mov(r9, rdx);
            a.mov(eax, 7);
            a.mov(ecx, 3);
            a.cpuid();
            a.rdrand(r10);
            a.setb(r11b);
            a.hlt();
        });
        Assert.Equal((2ul, 1ul), (machine.R.R8, machine.R.R9));
        Assert.Equal((7ul, 2ul, 3ul, 4ul), (machine.R.Rax, machine.R.Rbx, machine.R.Rcx, machine.R.Rdx));
        Assert.Equal((42ul, 1ul), (machine.R.R10, machine.R.R11 & 0xFF));
    }

    [Fact]
    public void Model_specific_registers_go_through_the_host_and_an_unknown_one_is_a_protection_fault()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(ecx, 0x10);
            a.rdmsr();
            a.wrmsr();
            a.mov(ecx, 0x11);
            a.wrmsr();
        }, out RunResult result);
        Assert.Equal((RunExit.Exception, 13), (result.Exit, result.Vector));
        Assert.Equal(["msr10=1122334455667788", "msr11=1122334455667788"], machine.Calls);
        Assert.Equal((0x55667788ul, 0x11223344ul), (machine.R.Rax, machine.R.Rdx));
    }

    [Fact]
    public void Ports_are_read_and_written_by_size_also_repeatedly()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(edx, 0x60);
            a.mov(eax, 0x11223344);
            a.@out(dx, al);
            a.@out(dx, eax);
            a.@in(al, dx);
            a.mov(ecx, 2);
            a.mov(rsi, TestMachine.Data);
            a.rep.outsw();
            a.hlt();
        });
        Assert.Equal(["out 60,1=44", "out 60,4=11223344", "out 60,2=0", "out 60,2=0"], machine.Calls);
        Assert.Equal((0x11223360ul, TestMachine.Data + 4), (machine.R.Rax, machine.R.Rsi));
    }

    [Fact]
    public void The_interrupt_flag_is_told_to_the_host_whichever_instruction_changes_it()
    {
        using TestMachine machine = Run(a =>
        {
            a.sti();
            a.pushfq();
            a.cli();
            a.popfq();
            a.popfq();
            a.hlt();
        }, (ref CpuRegisters r) => r.Rflags = 2, 0);
        Assert.Equal(["sti", "cli", "sti", "cli"], machine.Calls);
    }

    [Fact]
    public void Flags_pushed_and_popped_are_the_materialised_ones()
    {
        using TestMachine machine = Run(a =>
        {
            a.xor(eax, eax);
            a.pushfq();
            a.pop(rbx);
            a.or(rbx, 1);
            a.push(rbx);
            a.popfq();
            a.setb(al);
            a.lahf();
            a.hlt();
        });
        Assert.Equal(0x46ul, machine.R.Rbx & 0x8D6);
        Assert.Equal(0x4701ul, machine.R.Rax);
    }

    [Fact]
    public void A_trap_flag_is_not_modelled_and_says_so()
    {
        using TestMachine machine = Run(a =>
        {
            a.push(0x102);
            a.popfq();
        }, out RunResult result);
        Assert.Equal((RunExit.Unsupported, "popfq"), (result.Exit, result.Instruction));
    }

    [Fact]
    public void Floating_point_state_is_saved_and_restored_and_another_rounding_mode_stops_the_run()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(rdi, TestMachine.Data);
            a.movq(xmm5, rdi);
            a.fxsave(__[rdi]);
            a.pxor(xmm5, xmm5);
            a.fxrstor(__[rdi]);
            a.movq(rbx, xmm5);
            a.addss(xmm0, xmm1);
            a.mov(__dword_ptr[rdi], 0x7F80);
            a.ldmxcsr(__dword_ptr[rdi]);
            a.addss(xmm0, xmm1);
        }, out RunResult result);
        Assert.Equal(TestMachine.Data, machine.R.Rbx);
        Assert.Equal((RunExit.Unsupported, "addss xmm0,xmm1"), (result.Exit, result.Instruction));
    }

    [Fact]
    public void A_misaligned_aligned_move_is_a_protection_fault_without_effect()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(rdi, TestMachine.Data + 8);
            a.movaps(__[rdi], xmm0);
        }, out RunResult result);
        Assert.Equal((RunExit.Exception, 13), (result.Exit, result.Vector));
    }

    [Fact]
    public void A_non_canonical_address_is_a_protection_fault_and_a_jump_there_faults_at_the_jump()
    {
        using TestMachine read = Run(a =>
        {
            a.mov(rdi, 0x8000_0000_0000_0000);
            a.mov(eax, __[rdi]);
        }, out RunResult result);
        Assert.Equal((13, 0x8000_0000_0000_0000), (result.Vector, result.FaultAddress));
        using TestMachine jump = Run(a =>
        {
            a.mov(rdi, 0x8000_0000_0000_0000);
            a.jmp(rdi);
        }, out result);
        Assert.Equal((13, TestMachine.Code + 10), (result.Vector, jump.R.Rip));
    }

    [Fact]
    public void Calls_returns_loops_and_indirect_jumps_go_where_they_should()
    {
        using TestMachine machine = Run(a =>
        {
            Label function = a.CreateLabel(), again = a.CreateLabel(), skip = a.CreateLabel(), end = a.CreateLabel();
            a.push(1);
            a.push(2);
            a.call(function);
            a.mov(ecx, 5);
            a.Label(ref again);
            a.inc(rbx);
            a.loop(again);
            a.jrcxz(skip);
            a.mov(ebx, 0);
            a.Label(ref skip);
            a.lea(rdx, __[end]);
            a.mov(rdi, TestMachine.Data);
            a.mov(__[rdi], rdx);
            a.jmp(__qword_ptr[rdi]);
            a.mov(ebx, 0);
            a.Label(ref end);
            a.hlt();
            a.Label(ref function);
            a.mov(rax, __[rsp + 8]);
            a.ret(16);
        });
        Assert.Equal((2ul, 5ul, 0ul), (machine.R.Rax, machine.R.Rbx, machine.R.Rcx));
        Assert.Equal(TestMachine.StackTop - 0x100, machine.R.Rsp);
    }

    [Fact]
    public void A_far_return_to_the_own_segments_takes_flags_and_stack_and_tells_the_host_of_the_interrupt_flag()
    {
        using TestMachine machine = Run(a =>
        {
            Label after = a.CreateLabel();
            a.mov(r8, rsp);
            a.push(0x18);
            a.push(r8);
            a.push(0x203);
            a.push(0x10);
            a.lea(rax, __[after]);
            a.push(rax);
            a.iretq();
            a.hlt();
            a.Label(ref after);
            a.setb(bl);
            a.hlt();
        }, WithSelectors, 0);
        Assert.Equal((1ul, machine.R.R8), (machine.R.Rbx & 0xFF, machine.R.Rsp));
        Assert.Equal(["sti"], machine.Calls);
    }

    [Theory]
    [InlineData(0u, RunExit.Exception)]
    [InlineData(3u, RunExit.Exception)]
    [InlineData(0x33u, RunExit.Unsupported)]
    [InlineData(0x28u, RunExit.Unsupported)]
    public void A_far_return_to_no_segment_is_a_protection_fault_and_one_to_another_is_not_modelled(uint selector, RunExit exit)
    {
        foreach (byte[] code in new byte[][] { [0x48, 0xCF], [0x48, 0xCB], [0xCF], [0xCB] })
        {
            using var machine = new TestMachine();
            Assert.True(machine.Memory.TryWrite(TestMachine.Code, code));
            (machine.R.Cs, machine.R.Ss) = (0x10, 0x18);
            machine.Write64(machine.R.Rsp + (code.Length == 2 ? 8u : 4u), selector);
            CpuRegisters before = machine.R;
            RunResult result = machine.Processor.Run(1);
            Assert.Equal(exit, result.Exit);
            Assert.Equal((before.Rsp, before.Rip, before.Rflags), (machine.R.Rsp, machine.R.Rip, machine.R.Rflags));
        }
    }

    [Fact]
    public void A_nested_task_flag_is_a_protection_fault_at_iret()
    {
        using TestMachine machine = Run(a => a.iretd(), out RunResult result, (ref CpuRegisters r) => r.Rflags |= 0x4000);
        Assert.Equal((RunExit.Exception, 13), (result.Exit, result.Vector));
    }

    [Fact]
    public void Performance_counters_go_through_the_host_and_an_unknown_one_is_a_protection_fault()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(ecx, 2);
            a.rdpmc();
            a.mov(r8, rax);
            a.mov(ecx, 4);
            a.rdpmc();
        }, out RunResult result);
        Assert.Equal((RunExit.Exception, 13), (result.Exit, result.Vector));
        Assert.Equal((0x12ul, 1ul), (machine.R.R8, machine.R.Rdx));
    }

    /// <summary>Intel SDM volume 2, XSETBV.</summary>
    [Theory]
    [InlineData(0u, 3u, 0u, RunExit.Halted, 0)]
    [InlineData(0u, 1u, 0u, RunExit.Halted, 0)]
    [InlineData(0u, 2u, 0u, RunExit.Exception, 13)] // x87 cannot be disabled
    [InlineData(0u, 7u, 0u, RunExit.Exception, 13)] // no AVX
    [InlineData(0u, 3u, 1u, RunExit.Exception, 13)]
    [InlineData(1u, 3u, 0u, RunExit.Exception, 13)] // no such register
    public void Xsetbv_takes_what_the_processor_has_and_refuses_the_rest(uint register, uint low, uint high, RunExit exit, int vector)
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(ecx, register);
            a.mov(eax, low);
            a.mov(edx, high);
            a.xsetbv();
            a.hlt();
        }, out RunResult result);
        Assert.Equal((exit, vector), (result.Exit, result.Vector));
        Assert.Equal(exit == RunExit.Halted ? [$"xcr0={low:X}"] : [], machine.Calls);
    }

    [Fact]
    public void Without_OSXSAVE_the_extended_state_instructions_are_undefined()
    {
        foreach (Action<Assembler> instruction in new Action<Assembler>[] { a => a.xgetbv(), a => a.xsetbv(), a => a.xsave(__[rsp]), a => a.xrstors(__[rsp]) })
        {
            using var machine = new TestMachine { Cr4 = 0 };
            RunResult result = machine.Load(instruction).Processor.Run(1);
            Assert.Equal((RunExit.Exception, 6), (result.Exit, result.Vector));
        }
    }

    /// <summary>Intel SDM volume 1, 13.11: what xsaves saves is compacted, and xrstors restores nothing else.</summary>
    [Fact]
    public void Supervisor_state_is_saved_compacted_and_restored_and_what_was_initial_becomes_so_again()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(rdi, TestMachine.Data);
            a.movq(xmm5, rdi);
            a.mov(eax, -1);
            a.mov(edx, -1);
            a.xsaves(__[rdi]);
            a.pxor(xmm5, xmm5);
            a.fld1();
            a.xrstors(__[rdi]);
            a.movq(rbx, xmm5);
            a.fnstsw(ax);
            a.hlt();
        });
        Assert.Equal(TestMachine.Data, machine.R.Rbx);
        Assert.Equal((2ul, 0x8000_0000_0000_0003), (machine.Read64(TestMachine.Data + 512), machine.Read64(TestMachine.Data + 520)));
        Assert.Equal((0ul, 0), (machine.R.Rax & 0xFFFF, machine.R.FpuTag));
    }

    [Fact]
    public void An_area_that_is_not_compacted_or_has_unknown_components_is_a_protection_fault()
    {
        foreach ((ulong present, ulong format) in new[] { (0ul, 0ul), (4ul, 0x8000_0000_0000_0007), (1ul, 0x8000_0000_0000_0002) })
        {
            using var machine = new TestMachine();
            machine.Load(a => a.xrstors(__[rdi]));
            (machine.R.Rdi, machine.R.Rax) = (TestMachine.Data, 3);
            machine.Write64(TestMachine.Data + 512, present);
            machine.Write64(TestMachine.Data + 520, format);
            RunResult result = machine.Processor.Run(1);
            Assert.Equal((RunExit.Exception, 13), (result.Exit, result.Vector));
        }
    }

    [Fact]
    public void The_standard_area_is_restored_component_by_component()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(rdi, TestMachine.Data);
            a.fld1();
            a.movq(xmm0, rdi);
            a.mov(eax, 3);
            a.xor(edx, edx);
            a.xsave(__[rdi]);
            a.fldz();
            a.pxor(xmm0, xmm0);
            a.mov(eax, 1);
            a.xrstor(__[rdi]);
            a.fistp(__dword_ptr[rdi]);
            a.movq(rbx, xmm0);
            a.hlt();
        });
        Assert.Equal((1ul, 0ul), (machine.Read64(TestMachine.Data) & 0xFFFF_FFFF, machine.R.Rbx));
    }

    [Fact]
    public void An_unmasked_floating_point_exception_is_not_modelled_and_says_so()
    {
        using TestMachine machine = Run(a =>
        {
            a.mov(rdi, TestMachine.Data);
            a.mov(__word_ptr[rdi], 0x37E);
            a.fldcw(__word_ptr[rdi]);
            a.fadd(st0, st1);
        }, out RunResult result);
        Assert.Equal((RunExit.Unsupported, "fadd st,st(1)"), (result.Exit, result.Instruction));
        Assert.Equal(0, machine.R.FpuStatus);
    }

    private static void WithSelectors(ref CpuRegisters registers) => (registers.Cs, registers.Ss, registers.Rflags) = (0x10, 0x18, 2);

    private delegate void Prepare(ref CpuRegisters registers);

    private static TestMachine Run(Action<Assembler> program) => Run(program, (ref CpuRegisters _) => { }, 0);

    private static TestMachine Run(Action<Assembler> program, Prepare prepare, ulong pushed)
    {
        var machine = new TestMachine().Load(program);
        prepare(ref machine.R);
        machine.Write64(machine.R.Rsp, pushed);
        RunResult result = machine.Processor.Run(10_000);
        Assert.True(result.Exit == RunExit.Halted, result.ToString());
        return machine;
    }

    private static TestMachine Run(Action<Assembler> program, out RunResult result, Prepare? prepare = null)
    {
        var machine = new TestMachine().Load(program);
        prepare?.Invoke(ref machine.R);
        result = machine.Processor.Run(10_000);
        return machine;
    }
}
