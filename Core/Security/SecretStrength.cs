using Switchboard.Core.Social.Accounts;

namespace Switchboard.Core.Security;

/// <summary>
/// What a secret must be at least, so that it is not found by trying: long, and not the same few characters again and again. The secrets
/// of Development, which are public, are none anywhere else.
/// </summary>
public static class SecretStrength
{
    /// <summary>The fewest characters of a secret that a provider gave, or that was made up for one.</summary>
    public const int Shortest = 16;

    /// <summary>The fewest of the secret that the others are encrypted with.</summary>
    public const int ShortestKey = 32;

    // what 16 random hexadecimal digits practically always have, and what is typed to fill a field does not
    private const int FewestDifferent = 6;

    private const string DemoPrefix = "demo-";

    /// <summary>The settings that are secrets; each is checked where it is set. (That there is none is its owner's to refuse.)</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        EncryptionOptions.KeySetting, "Gmail:ClientSecret", "Graph:ClientSecret", "Graph:ClientState", "Media:S3:SecretKey",
        "Social:Facebook:ClientSecret", "Social:Instagram:ClientSecret", "Social:LinkedIn:ClientSecret", "Social:X:ClientSecret",
        "Speech:ApiKey",
        "Twilio:AuthToken", "WhatsApp:AccessToken", "WhatsApp:AppSecret", "WhatsApp:VerifyToken",
    ];

    /// <summary>Why this is no secret; null if it may be one.</summary>
    public static string? WeaknessOf(string secret, int shortest = Shortest)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Length < shortest)
            return $"has {secret.Length} characters and must have at least {shortest} random ones (make some with: openssl rand -base64 32)";
        if (secret.Distinct().Count() < FewestDifferent)
            return "is the same few characters again and again (make another with: openssl rand -base64 32)";
        return secret.StartsWith(DemoPrefix, StringComparison.Ordinal) ? "is the one of Development, which everybody knows" : null;
    }
}

/// <summary>Outside Development: refuses to start with secrets that are none, and names the settings.</summary>
internal sealed class SecretChecks(IConfiguration configuration, IHostEnvironment environment) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var weak = environment.IsDevelopment() ? [] : SecretStrength.Settings.Select(WeaknessAt).OfType<string>().ToList();
        return weak.Count == 0
            ? Task.CompletedTask
            : throw new InvalidOperationException($"Outside Development these settings are refused: {string.Join("; ", weak)}.");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // of a platform that is not used, or whose application is a public one
    private static bool IsNone(string setting, string secret) =>
        secret == PlatformOptions.None && setting.StartsWith($"{SocialOptions.Section}:", StringComparison.Ordinal);

    private string? WeaknessAt(string setting) =>
        configuration[setting] is { Length: > 0 } secret && !IsNone(setting, secret) && SecretStrength.WeaknessOf(secret) is { } weakness
            ? $"{setting} {weakness}"
            : null;
}
