using System.Diagnostics;
using System.Globalization;
using LastRef.Dumps;
using LastRef.Kernel;
using LastRef.Symbols;

namespace LastRef.Benchmarks;

/// <summary>How long the verdict on one driver of a dump takes, by drivers, handles and size of the machine's memory.</summary>
internal static class DumpSpeed
{
    private const int Rounds = 5;
    private const int HandlesOfProcess = 1000;

    /// <summary>Makes sparse dumps of machines with many drivers and prints what reading them takes.</summary>
    /// <param name="driver">A driver that loads under any name.</param>
    /// <param name="folder">Where the dumps are made; they are deleted again.</param>
    public static void Print(string driver, string folder)
    {
        Console.WriteLine("| drivers | handles | memory, GB | open, ms | verdict, ms | read from the file, KiB | allocated, MiB | working set, MiB |\n|---|---|---|---|---|---|---|---|");
        foreach (var (drivers, handles, sizes) in ((int, int, int[])[])[(64, 1000, [1, 8, 64]), (400, 150_000, [1, 64]), (512, 100_000, [64]), (4096, 100_000, [64])])
        {
            using var machine = Machine(driver, drivers, handles, Path.Combine(folder, "machine.dmp"));
            foreach (var gigabytes in sizes)
            {
                var path = Path.Combine(folder, "sparse.dmp");
                SparseDump.Write(machine, path, gigabytes);
                Measure(path, drivers, handles, gigabytes);
                File.Delete(path);
            }
        }

        File.Delete(Path.Combine(folder, "machine.dmp"));
    }

    private static void Measure(string path, int drivers, int handles, int gigabytes)
    {
        var opened = new List<double>();
        var judged = new List<double>();
        long allocated = 0, read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            using var file = new CountedBytes(path);
            using var dump = DumpFile.Open(file, path);
            opened.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            var survey = new MachineSurvey(new DumpOfBenchmark(dump));
            var subject = survey.Find("drv00033") ?? throw new InvalidOperationException("The driver is not in the dump.");
            _ = PostMortem.Judge(survey, subject);
            judged.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            read = file.BytesRead;
        }

        opened.Sort();
        judged.Sort();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {drivers} | {handles} | {gigabytes} | {opened[Rounds / 2]:F1} | {judged[Rounds / 2]:F0} | {read >> 10} | {allocated >> 20} | {process.WorkingSet64 >> 20} |"));
    }

    /// <summary>A machine of the lab with so many drivers and handles, saved and opened again.</summary>
    private static Dump Machine(string driver, int drivers, int handles, string path)
    {
        using var kernel = new NtKernel(new MachineOptions { MaximumPages = 1 << 20, MaximumInstructions = long.MaxValue, RecordCalls = false });
        kernel.Boot();
        var image = PeImage.Parse(File.ReadAllBytes(driver), driver);
        for (var number = 0; number < drivers; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"drv{number:D5}");
            kernel.Images.MakeAvailable(image, name + ".sys");
            var service = IoManager.ServicesKey + "\\" + name;
            var key = kernel.Cm.CreateKey(service);
            key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\" + name + ".sys"));
            key.SetValue(RegistryValue.Dword("Type", 1));
            kernel.RunOnSystemThread("load", async _ =>
            {
                var (status, _) = await kernel.Io.LoadDriver(service);
                if (!status.IsSuccess)
                    throw new InvalidOperationException($"{driver} does not load as {name}: {status}.");
            });
        }

        kernel.RunOnSystemThread("handles", _ =>
        {
            for (var made = 0; made < handles; made += HandlesOfProcess)
            {
                var process = kernel.Ps.CreateProcess("app.exe");
                for (var index = 0; index < Math.Min(HandlesOfProcess, handles - made); index++)
                    kernel.Ob.CreateHandle(process, kernel.Ob.Root, 1, kernelHandle: false);
            }

            return GuestTask.CompletedTask;
        });
        DumpWriter.Write(kernel.Kd.Save(), path);
        return DumpFile.Open(path);
    }

    private sealed class DumpOfBenchmark(Dump dump) : IMachineMemory
    {
        public Target Target => dump.Kernel;

        public VirtualAddress? Find(string variable) => dump.Find(variable);

        public IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff) =>
            dump.Kernel.MappedRanges(first, last, cutOff).Select(range => new MappedMemory(range.Address, range.Bytes, range.IsWritable));
    }

    /// <summary>A file that counts what is read of it.</summary>
    private sealed class CountedBytes(string path) : IDumpBytes
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);

        public long BytesRead { get; private set; }

        public long Length => _file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, buffer, offset);
            BytesRead += count;
            return count;
        }

        public void Dispose() => _file.Dispose();
    }
}
