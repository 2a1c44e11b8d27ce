using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Values that come from outside: <c>Parameters:name</c> in the configuration.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter that the configuration must give.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(Parameter(builder, name, null, secret));

    /// <summary>Adds a parameter with a value.</summary>
    /// <exception cref="ArgumentException">A secret would be written into the manifest.</exception>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        publishValueAsDefault && secret
            ? throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret))
            : builder.AddResource(new ParameterResource(name, _ => value, secret)
            {
                Default = publishValueAsDefault ? new ConstantParameterDefault(value) : null,
            });

    /// <summary>Adds a parameter with a default. With <paramref name="persist"/>, run mode keeps what was generated.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(Parameter(builder, name, persist ? Persisted(builder, name, value) : value, secret));

    /// <summary>The password of a server: 22 random characters, kept with its data. It becomes part of the manifest where it is used.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true,
        int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0)
    {
        var generated = new GenerateParameterDefault
        {
            MinLength = 22, // with 67 characters to choose from: 128 bits
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        };
        return Parameter(builder, name, Persisted(builder, name, generated), secret: true);
    }

    private static ParameterResource Parameter(IDistributedApplicationBuilder builder, string name, ParameterDefault? value, bool secret) =>
        new(name, fallback => ValueOf(builder.Configuration, name, fallback), secret) { Default = value };

    private static ParameterDefault Persisted(IDistributedApplicationBuilder builder, string name, ParameterDefault value) =>
        builder.ExecutionContext.IsRunMode
            ? new PersistedParameterDefault(name, value, builder.Configuration, Run.LocalRun.Of(builder).Secrets)
            : value;

    private static string ValueOf(ConfigurationManager configuration, string name, ParameterDefault? fallback) =>
        configuration[$"Parameters:{name}"]
        ?? configuration[$"Parameters:{name.Replace('-', '_')}"] // what an environment variable can be named
        ?? fallback?.GetDefaultValue()
        ?? throw new DistributedApplicationException(
            $"Parameter resource could not be used because configuration key 'Parameters:{name}' is missing and the Parameter has no default value.");
}
