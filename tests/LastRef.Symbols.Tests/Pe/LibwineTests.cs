using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class LibwineTests
{
    [Fact]
    public void Each_driver_of_libwine_is_refused_by_the_user_mode_DLL_it_imports()
    {
        var folder = Environment.GetEnvironmentVariable("LASTREF_LIBWINE_DIR");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "needs Debian's libwine, unpacked into the folder that LASTREF_LIBWINE_DIR names");
        var drivers = Directory.GetFiles(folder!, "*.sys", SearchOption.AllDirectories);
        Array.Sort(drivers, StringComparer.Ordinal);
        Assert.Equal(17, drivers.Length);
        foreach (var driver in drivers)
        {
            var message = Assert.Throws<ImageFormatException>(() => DriverImageCheck.Load(driver, new PhysicalFiles())).Message;
            Assert.Matches(@"imports from (kernel32|ntdll|ucrtbase|advapi32|user32|ws2_32)\.dll, a user-mode DLL; the kernel would refuse to load it$", message);
            Assert.DoesNotContain('\n', message);
        }
    }
}
