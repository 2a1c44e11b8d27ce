namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>The types of what runs: refused whatever it was announced as.</summary>
internal static class Programs
{
    public const string Windows = "application/vnd.microsoft.portable-executable";
    public const string Unix = "application/x-elf";
    public const string Mac = "application/x-mach-binary";
    public const string Java = "application/java-vm";
    public const string Wasm = "application/wasm";
    public const string Archive = "application/java-archive";
    public const string Script = "text/x-shellscript";

    /// <summary>Types that browsers run when they show them.</summary>
    public const string Html = "text/html";
    public const string Svg = "image/svg+xml";
    public const string Xml = "application/xml";

    public static bool Runs(string type) => type is Windows or Unix or Mac or Java or Wasm or Archive or Script;

    public static bool MayCarryScripts(string type) => type is Html or Svg or Xml;
}
