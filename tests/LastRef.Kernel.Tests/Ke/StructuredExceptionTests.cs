using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>
/// t-seh was compiled with __try and real scope tables, which name <c>__C_specific_handler</c>; what it must answer is said at each of
/// its experiments.
/// </summary>
public sealed class StructuredExceptionTests
{
    private const ulong AccessViolation = 0xC0000005;
    private const ulong NonCanonical = 0x8000_0000_0000_1234;

    [Theory]
    [InlineData(0x40UL)]
    [InlineData(0x0000_0200_0000_0000UL)]
    [InlineData(NonCanonical)]
    public void A_bad_read_inside_a_try_arrives_in_its_handler(ulong address)
    {
        using var test = KernelTest.Boot();
        Assert.Equal([AccessViolation, 0UL, 1UL], test.Experiment(test.Load("t-seh.sys"), 0, address));
    }

    [Fact]
    public void A_bad_write_inside_a_try_arrives_in_its_handler()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([AccessViolation], test.Experiment(test.Load("t-seh.sys"), 1, 8));
    }

    [Fact]
    public void Termination_handlers_run_inside_out_before_the_handler_and_know_why()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([0x123UL, 2UL], test.Experiment(test.Load("t-seh.sys"), 3));
    }

    [Fact]
    public void A_termination_handler_reached_without_an_exception_is_told_so()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([0x12UL, 0UL], test.Experiment(test.Load("t-seh.sys"), 4));
    }

    [Fact]
    public void A_fault_three_frames_down_unwinds_to_its_handler_with_local_variables_intact()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([0x123UL, AccessViolation, 1UL], test.Experiment(test.Load("t-seh.sys"), 5));
    }

    [Fact]
    public void A_filter_that_declines_leaves_the_exception_to_the_outer_handler()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([2UL, AccessViolation], test.Experiment(test.Load("t-seh.sys"), 6));
    }

    [Fact]
    public void A_filter_takes_a_division_by_zero()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([1UL, 0xC0000094UL], test.Experiment(test.Load("t-seh.sys"), 7));
    }

    [Fact]
    public void A_raised_status_arrives_as_the_exception_code()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([0xE0001234UL], test.Experiment(test.Load("t-seh.sys"), 8));
    }

    [Fact]
    public void A_filter_sees_the_record_and_the_context_of_the_fault()
    {
        using var test = KernelTest.Boot();
        var values = test.Experiment(test.Load("t-seh.sys"), 9, 0x48);
        Assert.Equal([AccessViolation, 2UL, 1UL, 0x48UL], values[..4]);
        Assert.InRange(values[4], 0UL, 32UL);
        Assert.Equal([1UL, 1UL], values[5..]);
    }

    [Fact]
    public void An_exception_inside_a_handler_goes_to_the_next_handler_out()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([0xC0000022UL, 0xE0001234UL], test.Experiment(test.Load("t-seh.sys"), 10));
    }

    [Fact]
    public void A_thousand_exceptions_leave_the_stack_as_it_was()
    {
        using var test = KernelTest.Boot();
        Assert.Equal([1000UL], test.Experiment(test.Load("t-seh.sys"), 11));
    }

    [Fact]
    public void A_system_address_that_is_not_mapped_is_a_bug_check_even_inside_a_try()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("t-seh.sys");
        var stop = test.RunToBugCheck(async _ => await test.StartExperiment(driver, 0, 0xFFFF_C123_4567_0000));
        Assert.Equal((0x50u, 0xFFFF_C123_4567_0000UL, 0UL), (stop.Code, stop.Parameter1, stop.Parameter2));
    }

    [Fact]
    public void The_bug_check_of_a_fault_names_every_driver_function_on_the_stack()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("t-seh.sys");
        test.RunToBugCheck(async _ => await test.StartExperiment(driver, 0, 0xFFFF_C123_4567_0000));
        var record = Assert.Single(test.Kernel.Trace.Of<BugCheckRecord>());
        Assert.True(record.Stack.Count >= 3, $"Only {record.Stack.Count} frames: {string.Join(", ", record.Stack)}");
        Assert.All(record.Stack, site => Assert.Equal("t-seh.sys", site.Module));
    }
}
