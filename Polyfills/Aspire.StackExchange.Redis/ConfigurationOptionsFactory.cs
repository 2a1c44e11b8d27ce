using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>
/// The options of the connection begin as what its connection string says: a string can be parsed only into new options,
/// so this takes the place of the factory that makes empty ones. Whoever configures them comes after.
/// </summary>
internal sealed class ConfigurationOptionsFactory(
    StackExchangeRedisSettings settings,
    IEnumerable<IConfigureOptions<ConfigurationOptions>> setups,
    IEnumerable<IPostConfigureOptions<ConfigurationOptions>> postConfigures,
    IEnumerable<IValidateOptions<ConfigurationOptions>> validations)
    : OptionsFactory<ConfigurationOptions>(setups, postConfigures, validations)
{
    protected override ConfigurationOptions CreateInstance(string name)
    {
        var connectionString = name == Options.DefaultName ? settings.ConnectionString : null;
        var options = connectionString is null ? new ConfigurationOptions() : ConfigurationOptions.Parse(connectionString);

        // A process starts while Redis is away, and has it as soon as it comes; unless the connection string says otherwise.
        if (connectionString?.Contains("abortConnect=", StringComparison.OrdinalIgnoreCase) is not true)
            options.AbortOnConnectFail = false;

        return options;
    }
}
