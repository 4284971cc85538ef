using System.Globalization;
using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Benchmarks;

/// <summary>What many devices under one driver and many handles on one device cost: it has to grow in proportion to their number.</summary>
internal static class Scaling
{
    private const int Rounds = 3;

    /// <summary>Prints processor time for growing numbers of devices and of handles.</summary>
    /// <param name="driver">A PnP driver whose device can be opened, such as model-pnp.sys.</param>
    public static void Print(string driver)
    {
        var image = PeImage.Parse(File.ReadAllBytes(driver), driver);
        var name = Path.GetFileName(driver);
        Console.WriteLine("| what | number | ms | microseconds each |\n|---|---|---|---|");
        foreach (var count in new[] { 1, 10, 100, 1_000 })
            PrintRow("devices: plug in, start, remove", count, Best(() => Devices(image, name, count)));
        foreach (var count in new[] { 1, 10, 100, 1_000, 10_000 })
            PrintRow("handles: open, close, then remove the device", count, Best(() => Handles(image, name, count)));
    }

    private static double Devices(PeImage image, string fileName, int count)
    {
        using var machine = new LabMachine(new MachineOptions { MaximumInstructions = 100_000_000_000 });
        var service = machine.InstallDriver(image, fileName);
        return ThreadClock.Measure(() =>
        {
            var devices = Enumerable.Range(0, count).Select(i => machine.PlugIn(Identity(service, i))!).ToList();
            foreach (var device in devices)
                machine.Remove(device);
            Check(machine.IsDriverGone && devices.TrueForAll(d => !d.IsAdded), $"{count} devices did not all go: {machine.Kernel.Stop}");
        });
    }

    private static double Handles(PeImage image, string fileName, int count)
    {
        using var machine = new LabMachine(new MachineOptions { MaximumInstructions = 100_000_000_000 });
        var device = machine.PlugIn(Identity(machine.InstallDriver(image, fileName), 0))!;
        var path = machine.Kernel.Ob.NameOf(device.Pdo.Address)!;
        return ThreadClock.Measure(() =>
        {
            var application = machine.StartApplication("app.exe");
            var opened = Enumerable.Range(0, count).Select(_ => machine.Open(application, path)).ToList();
            Check(opened.TrueForAll(h => h is not null), $"not all of {count} opens succeeded: {machine.Kernel.Stop}");
            foreach (var handle in opened)
                machine.Close(handle!);
            machine.Remove(device);
            Check(machine.IsDriverGone, "the driver stayed");
        });
    }

    private static DeviceIdentity Identity(LabService service, int number) => new()
    {
        InstancePath = string.Create(CultureInfo.InvariantCulture, $@"LASTREF\DEVICE\{number}"),
        HardwareIds = [@"LASTREF\DEVICE"],
        Service = service.Name,
    };

    private static double Best(Func<double> measure) => Enumerable.Range(0, Rounds).Min(_ => measure());

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }

    private static void PrintRow(string what, int count, double nanoseconds) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"| {what} | {count:N0} | {nanoseconds / 1e6:F1} | {nanoseconds / 1e3 / count:F0} |"));
}
