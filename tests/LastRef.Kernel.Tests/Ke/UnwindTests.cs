namespace LastRef.Tests;

/// <summary>t-unwind holds the hard cases of exceptions; what it must answer is said at each of its experiments.</summary>
public sealed class UnwindTests
{
    private const ulong AccessViolation = 0xC0000005;
    private const ulong OwnStatus = 0xE0001234;

    private static ulong[] Run(uint experiment, params ulong[] input)
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("t-unwind.sys");
        var values = test.Experiment(driver, experiment, input);
        Assert.Equal(values, test.Experiment(driver, experiment, input));
        return values;
    }

    [Theory]
    [InlineData(0x1000UL)]
    [InlineData(0x11000UL)]
    public void An_exception_passes_through_the_kernel_routine_between_two_functions_of_a_driver(ulong stackBytes) =>
        Assert.Equal([0x12UL, AccessViolation], Run(0, stackBytes));

    [Fact]
    public void A_termination_handler_that_raises_is_not_run_again_by_the_second_unwind() => Assert.Equal([0x123UL, OwnStatus], Run(1));

    [Fact]
    public void A_filter_can_let_a_raised_exception_go_on() => Assert.Equal([1UL, OwnStatus], Run(2));

    [Fact]
    public void A_filter_can_repair_the_context_of_a_fault() => Assert.Equal([1UL, 77UL], Run(3));

    [Fact]
    public void A_filter_may_itself_fault_and_handle_that() => Assert.Equal([1UL, 1UL], Run(4));

    [Fact]
    public void Irql_stays_as_it_was_in_a_handler() => Assert.Equal([2UL, OwnStatus], Run(5));

    /// <summary>The __finally between is run, the code behind the call is not, registers come back, and rax is what was asked for.</summary>
    [Theory]
    [InlineData("RtlUnwind", 6u, 0x42ul)]
    [InlineData("RtlUnwindEx", 7u, 0x43ul)]
    [InlineData("_local_unwind", 8u, 0ul)]
    public void A_driver_unwinds_to_a_frame_of_its_own(string routine, uint experiment, ulong returned)
    {
        Assert.Contains(routine, File.ReadAllText(KernelTest.DriverPath("t-unwind.sys"), System.Text.Encoding.Latin1));
        Assert.Equal([returned + 0x100, 2UL, 0UL], Run(experiment));
    }
}
