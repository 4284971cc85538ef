using LastRef.Symbols;

namespace LastRef.Tests;

public sealed class AnonymousTests
{
    [Theory]
    [InlineData("model-legacy.sys")]
    [InlineData("model-bus.sys")]
    public void A_stripped_driver_has_no_functions_and_the_same_code(string name)
    {
        byte[] original = File.ReadAllBytes(Repository.Driver(name));
        byte[] stripped = Anonymous.Strip([.. original]);
        var image = PeImage.Parse(stripped, name);
        var entry = new Rva(image.AddressOfEntryPoint.Value + 1);
        Assert.NotNull(ImageSymbols.Load(PeImage.Parse(original, Repository.Driver(name)), Repository.Driver(name), []).Find(entry));
        Assert.Null(ImageSymbols.Load(image, Path.Combine("anonymous", name), []).Find(entry)?.Function);
        Assert.Null(image.DebugDirectory);
    }
}
