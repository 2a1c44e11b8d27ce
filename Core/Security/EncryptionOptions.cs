using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Security;

/// <summary>The keys by which secrets are encrypted at rest; section <c>Encryption</c>.</summary>
public sealed class EncryptionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Encryption";

    internal const string KeySetting = $"{Section}:{nameof(Key)}";

    /// <summary>
    /// The secret that the key which encrypts is derived from: at least 32 random characters, such as an app host generates.
    /// </summary>
    public string Key { get; set; } = "";

    /// <summary>Former secrets, which still decrypt; remove one when nothing encrypted by it is left.</summary>
    public IList<string> PreviousKeys { get; init; } = [];
}

/// <summary>Refuses to start with a key that is not one.</summary>
internal sealed class EncryptionOptionsValidator : IValidateOptions<EncryptionOptions>
{
    public ValidateOptionsResult Validate(string? name, EncryptionOptions options)
    {
        if (SecretStrength.WeaknessOf(options.Key, SecretStrength.ShortestKey) is { } weakness)
            return ValidateOptionsResult.Fail($"{EncryptionOptions.KeySetting} {weakness}.");
        return options.PreviousKeys.All(key => key.Length >= SecretStrength.ShortestKey)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Each of Encryption:PreviousKeys must have at least {SecretStrength.ShortestKey} characters.");
    }
}

/// <summary>Registration of <see cref="SecretProtector"/>.</summary>
public static class EncryptionServices
{
    /// <summary>
    /// Adds <see cref="SecretProtector"/> with the keys of section <c>Encryption</c>. At start they are checked, and outside Development
    /// every other secret that the process was given (<see cref="SecretStrength.Settings"/>).
    /// </summary>
    public static IServiceCollection AddSecretProtector(this IServiceCollection services)
    {
        services.AddOptions<EncryptionOptions>().BindConfiguration(EncryptionOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EncryptionOptions>, EncryptionOptionsValidator>());
        services.TryAddSingleton<SecretProtector>();
        services.AddHostedService<SecretChecks>();
        return services;
    }
}
