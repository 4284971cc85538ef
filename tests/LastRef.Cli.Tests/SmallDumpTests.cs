namespace LastRef.Tests;

/// <summary><c>lastref dump</c> on a small dump, which has lists of images and nothing else.</summary>
public sealed class SmallDumpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-small-tests").FullName;
    private readonly string _dump;

    public SmallDumpTests()
    {
        _dump = Path.Combine(_folder, "Mini.dmp");
        File.WriteAllBytes(_dump, TriageBuilder.Build());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("stuck", "stuck.sys is loaded, but a small dump holds no driver, device or file objects")]
    [InlineData("ntoskrnl.exe", "ntoskrnl.exe is loaded")]
    [InlineData("dump_storport.sys", "an image whose name begins with dump_storpor and is as long was unloaded")]
    public void Nothing_is_claimed_beyond_the_lists_of_images(string driver, string doubt)
    {
        var tool = Tool.Run("dump", _dump, driver);
        Assert.Equal(2, tool.ExitCode);
        Assert.Contains(doubt, tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_it_says_what_the_dump_cannot_show()
    {
        var tool = Tool.Run("dump", _dump);
        Assert.Equal(2, tool.ExitCode);
        Assert.Contains("2 images were loaded, 1 had been unloaded", tool.Output, StringComparison.Ordinal);
        Assert.Empty(tool.ErrorLines);
    }

    [Fact]
    public void The_table_of_drivers_is_the_lists_of_images()
    {
        var tool = Tool.Run("dump", _dump, "--list", "drivers");
        Assert.Equal(0, tool.ExitCode);
        Assert.Matches(@"stuck\.sys +loaded +fffff800`40000000 +8000 +12345678 +stuck\.sys", tool.Output);
        Assert.Matches("dump_storpor… +unloaded +fffff800`50000000 +9000", tool.Output);
    }

    [Fact]
    public void A_driver_in_neither_list_is_unknown()
    {
        var tool = Tool.Run("dump", _dump, "nosuch");
        Assert.Equal(64, tool.ExitCode);
        Assert.Contains("there is no driver 'nosuch'", Assert.Single(tool.ErrorLines), StringComparison.Ordinal);
    }
}
