// Draws what a terminal showed as an SVG: dotnet run tools/TerminalPicture.cs -- "the command" < captured.txt > picture.svg
//
// The input is text with ANSI colours, as `script -qefc "./lastref check …" /dev/null` prints it. Cursor movement other than
// "return to the start of the line" is dropped; a line that was overwritten, as by a progress bar, shows its last state.
using System.Globalization;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

const int CellWidth = 8, LineHeight = 18, Margin = 16, TitleHeight = 32;
string[] palette =
[
    "#1e1e1e", "#f14c4c", "#23d18b", "#f5d547", "#3b8eea", "#d670d6", "#29b8db", "#d4d4d4",
    "#7f7f7f", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
];

string title = args.Length > 0 ? args[0] : "lastref";
List<List<Cell>> lines = Read(Console.In.ReadToEnd().ReplaceLineEndings("\n"));
while (lines.Count > 0 && lines[^1].Count == 0)
{
    lines.RemoveAt(lines.Count - 1);
}

int columns = Math.Max(title.Length + 2, lines.Count == 0 ? 0 : lines.Max(line => line.Count));
int width = (columns * CellWidth) + (2 * Margin);
int height = TitleHeight + (Math.Max(1, lines.Count) * LineHeight) + Margin + 8;

StringBuilder svg = new();
svg.Append(CultureInfo.InvariantCulture, $"""
    <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
    <title>{Escape(title)}</title>
    <rect width="{width}" height="{height}" rx="8" fill="#1e1e1e"/>
    <g font-family="ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" xml:space="preserve">
    <text x="{Margin}" y="22" fill="#7f7f7f">$ {Escape(title)}</text>

    """);
for (int row = 0; row < lines.Count; row++)
{
    int y = TitleHeight + ((row + 1) * LineHeight) - 4;
    for (int start = 0, end; start < lines[row].Count; start = end)
    {
        Cell style = lines[row][start];
        end = start + 1;
        while (end < lines[row].Count && lines[row][end] with { Text = style.Text } == style)
        {
            end++;
        }

        string text = string.Concat(lines[row][start..end].Select(cell => cell.Text));
        if (!string.IsNullOrWhiteSpace(text))
        {
            // The length is given, so that columns meet whatever font the reader has.
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin + (start * CellWidth)}\" y=\"{y}\" textLength=\"{(end - start) * CellWidth}\" fill=\"{style.Colour}\"{(style.Bold ? " font-weight=\"bold\"" : "")}>{Escape(text)}</text>\n");
        }
    }
}

svg.Append("</g>\n</svg>\n");
Console.Out.Write(svg.ToString());
return 0;

List<List<Cell>> Read(string text)
{
    List<List<Cell>> result = [];
    Cell pen = new(" ", palette[7], false);
    foreach (string line in text.Split('\n'))
    {
        List<Cell> cells = [];
        int column = 0;
        foreach (Match part in Regex.Matches(line, @"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[^\[]|\r|[\ud800-\udbff][\udc00-\udfff]|.", RegexOptions.Singleline))
        {
            if (part.Value == "\r")
            {
                column = 0;
            }
            else if (part.Groups[2].Value == "m")
            {
                pen = Styled(pen, part.Groups[1].Value);
            }
            else if (part.Groups[2].Value == "K")
            {
                cells.RemoveRange(Math.Min(column, cells.Count), Math.Max(0, cells.Count - column));
            }
            else if (part.Value[0] != '\x1b' && part.Value[0] >= ' ')
            {
                while (cells.Count < column)
                {
                    cells.Add(pen with { Text = " " });
                }

                Cell cell = pen with { Text = part.Value };
                if (column < cells.Count) { cells[column] = cell; } else { cells.Add(cell); }
                column++;
            }
        }

        result.Add(cells);
    }

    return result;
}

Cell Styled(Cell pen, string codes)
{
    int[] numbers = [.. codes.Split(';').Select(code => int.TryParse(code, CultureInfo.InvariantCulture, out int number) ? number : 0)];
    for (int i = 0; i < numbers.Length; i++)
    {
        pen = numbers[i] switch
        {
            0 => pen with { Colour = palette[7], Bold = false },
            1 => pen with { Bold = true },
            2 => pen with { Colour = palette[8] },
            22 => pen with { Bold = false },
            39 => pen with { Colour = palette[7] },
            >= 30 and <= 37 => pen with { Colour = palette[numbers[i] - 30] },
            >= 90 and <= 97 => pen with { Colour = palette[numbers[i] - 90 + 8] },
            _ => pen,
        };
        if (numbers[i] is 38 or 48 && i + 1 < numbers.Length)
        {
            bool foreground = numbers[i] == 38;
            if (numbers[i + 1] == 5 && i + 2 < numbers.Length)
            {
                pen = foreground ? pen with { Colour = Indexed(numbers[i + 2]) } : pen;
                i += 2;
            }
            else if (numbers[i + 1] == 2 && i + 4 < numbers.Length)
            {
                pen = foreground ? pen with { Colour = $"#{numbers[i + 2]:x2}{numbers[i + 3]:x2}{numbers[i + 4]:x2}" } : pen;
                i += 4;
            }
        }
    }

    return pen;
}

string Indexed(int index)
{
    if (index < 16)
    {
        return palette[Math.Max(0, index)];
    }

    if (index >= 232)
    {
        int grey = 8 + (10 * (Math.Min(255, index) - 232));
        return $"#{grey:x2}{grey:x2}{grey:x2}";
    }

    int cube = index - 16;
    return $"#{Level(cube / 36):x2}{Level(cube / 6 % 6):x2}{Level(cube % 6):x2}";

    static int Level(int step) => step == 0 ? 0 : 55 + (40 * step);
}

static string Escape(string text) => SecurityElement.Escape(text);

internal readonly record struct Cell(string Text, string Colour, bool Bold);
