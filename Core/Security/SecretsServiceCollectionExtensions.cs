using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.Security;

/// <summary>Registration of <see cref="SecretProtector"/>.</summary>
public static class SecretsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="SecretProtector"/> with the keys of section <c>Encryption</c>, checked at start.</summary>
    public static IServiceCollection AddSecretProtector(this IServiceCollection services)
    {
        services.AddOptions<EncryptionOptions>().BindConfiguration(EncryptionOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EncryptionOptions>, EncryptionOptionsValidator>());
        services.TryAddSingleton<SecretProtector>();
        return services;
    }
}
