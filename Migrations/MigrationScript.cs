using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Migrations;

/// <summary>A numbered file of <c>Sql/</c>: <c>0003_mail.sql</c>. Once applied anywhere it is never edited; a change is a new
/// file.</summary>
/// <param name="Number">Its number, from its name.</param>
/// <param name="Name">What follows the number.</param>
/// <param name="Sql">Its text.</param>
internal sealed record MigrationScript(int Number, string Name, string Sql)
{
    private const string Prefix = "sql/";

    /// <summary>By which an edited file is noticed.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>All files, in order.</summary>
    public static IReadOnlyList<MigrationScript> All()
    {
        var assembly = typeof(MigrationScript).Assembly;
        return InOrder(assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Parse(name[Prefix.Length..], Read(assembly, name))));
    }

    /// <summary>A file by its name and text.</summary>
    public static MigrationScript Parse(string fileName, string sql)
    {
        var parts = Path.GetFileNameWithoutExtension(fileName).Split('_', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(number, parts[1], sql)
            : throw new InvalidDataException($"A migration is named like 0001_users.sql, not {fileName}.");
    }

    /// <summary>Sorted by number; two of one number are an error, because their order would be arbitrary.</summary>
    public static IReadOnlyList<MigrationScript> InOrder(IEnumerable<MigrationScript> scripts)
    {
        var ordered = scripts.OrderBy(script => script.Number).ToList();
        var twice = ordered.GroupBy(script => script.Number).FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? ordered
            : throw new InvalidDataException(
                $"Migration {twice.Key} exists twice: {string.Join(", ", twice.Select(script => script.Name))}.");
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
