using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random value. Characters that look alike, or that connection strings and shells read otherwise, are left out.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerChars = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperChars = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericChars = "0123456789";
    private const string SpecialChars = "-_.{}~()*+!";

    /// <summary>The length, unless the four minima below add up to more.</summary>
    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    private (string Name, bool Wanted, int Min, string Chars)[] Kinds =>
    [
        ("lower", Lower, MinLower, LowerChars), ("upper", Upper, MinUpper, UpperChars),
        ("numeric", Numeric, MinNumeric, NumericChars), ("special", Special, MinSpecial, SpecialChars),
    ];

    /// <inheritdoc/>
    public override void WriteToManifest(ManifestPublishingContext context)
    {
        context.Writer.WriteStartObject("generate");
        context.Writer.WriteNumber("minLength", MinLength);
        foreach (var kind in Kinds.Where(kind => !kind.Wanted))
            context.Writer.WriteBoolean(kind.Name, false);
        foreach (var kind in Kinds.Where(kind => kind.Min != 0))
            context.Writer.WriteNumber($"min{char.ToUpperInvariant(kind.Name[0])}{kind.Name[1..]}", kind.Min);
        context.Writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public override string GetDefaultValue()
    {
        if (Kinds.FirstOrDefault(kind => !kind.Wanted && kind.Min > 0) is { Name: { } unwanted })
            throw new ArgumentException($"A minimum of '{unwanted}' characters is asked for, but they are not allowed.");

        var choices = string.Concat(Kinds.Where(kind => kind.Wanted).Select(kind => kind.Chars));
        if (choices.Length == 0) throw new ArgumentException("At least one character type must be enabled.");

        var chars = Kinds.SelectMany(kind => RandomNumberGenerator.GetItems<char>(kind.Chars, kind.Min)).ToList();
        chars.AddRange(RandomNumberGenerator.GetItems<char>(choices, Math.Max(0, MinLength - chars.Count)));
        var value = chars.ToArray();
        RandomNumberGenerator.Shuffle<char>(value);
        return new string(value);
    }
}
