using System.CommandLine;
using System.Globalization;
using LastRef.Dumps;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref dump FILE [DRIVER]</c>: the verdict on a driver of a machine that crashed or was saved while it ran.</summary>
internal static class DumpCommand
{
    private static readonly string[] s_lists = ["drivers", "devices", "devnodes", "handles", "irps", "callbacks"];

    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "A kernel crash dump, a live kernel dump, or an image of physical memory." };
        var driver = new Argument<string?>("DRIVER")
        {
            Description = "The driver: service, object or file name, or the address of its driver object. Without one: the drivers that look stuck.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Files.RefuseOptions(file);
        Files.RefuseOptions(driver);
        var list = new Option<string?>("--list") { Description = $"Print a table instead: {string.Join(", ", s_lists)}.", HelpName = "TABLE" };
        list.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !s_lists.Contains(name))
                result.AddError($"There is no table '{name}'; there are: {string.Join(", ", s_lists)}.");
        });
        var cr3 = new Option<string?>("--cr3") { Description = "Physical address of the page tables, hexadecimal, for memory images in which none are found.", HelpName = "ADDRESS" };
        cr3.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Hexadecimal(text) is null)
                result.AddError($"--cr3 takes a hexadecimal number, not '{text}'.");
        });
        var symbols = new Option<string[]>("--symbols")
        {
            Description = "Where kernel symbols are: a folder, a symbol store, or srv*CACHE*SERVER; may be given more than once.", HelpName = "PATH",
        };
        var scan = new Option<bool>("--scan") { Description = "Look through all kernel memory even when the lists explain everything; takes longer." };
        var verbose = new Option<bool>("--verbose") { Description = "All evidence, and everything that could not be seen." };
        var outputs = new ReportOutputs();
        var command = new Command("dump", "Says of a driver in a dump why it is still loaded and who holds it.") { file, driver, list, cr3, symbols, scan, verbose };
        outputs.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(list) is not null && result.GetValue(driver) is not null)
                result.AddError("--list prints a whole table; it takes no DRIVER.");
        });
        command.SetAction(parsed =>
        {
            using var interrupt = new Interrupt();
            var options = new DumpOptions
            {
                DirectoryTableBase = parsed.GetValue(cr3) is { } text ? Hexadecimal(text) : null,
                Symbols = DumpSymbols.From(parsed.GetValue(symbols) ?? []),
            };
            using var dump = DumpFile.Open(parsed.GetValue(file)!, options);
            return DumpProgress.Show(dump.Name, progress =>
            {
                var survey = new MachineSurvey(new DumpMemory(dump), new SurveyOptions { Progress = progress, Cancellation = interrupt.Token, AlwaysScan = parsed.GetValue(scan), TypesOf = module => dump.TypesOf(module.Base, module.Name) });
                var run = new DumpRun(dump, survey, parsed.GetValue(verbose));
                return parsed.GetValue(list) is { } table ? run.List(table)
                    : parsed.GetValue(driver) is { } name ? run.Judge(name, outputs, parsed)
                    : run.ShowStuck();
            });
        });
        return command;
    }

    private static ulong? Hexadecimal(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return ulong.TryParse(digits.Replace("`", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
