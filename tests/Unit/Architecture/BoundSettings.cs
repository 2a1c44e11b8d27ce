using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;
using Switchboard.Migrations;
using Switchboard.Tests.Unit.Diagnostics;

namespace Switchboard.Tests.Unit.Architecture;

/// <summary>A setting as the code has it, in the words of <c>docs/configuration.md</c>.</summary>
/// <param name="Key">Its name in the configuration.</param>
/// <param name="Default">What it is when nothing sets it.</param>
/// <param name="Range">What its attributes allow; null where they say nothing.</param>
/// <param name="Process">A process that reads it.</param>
/// <param name="Property">Where it is declared.</param>
internal sealed record BoundSetting(string Key, string Default, string? Range, string Process, PropertyInfo Property);

/// <summary>
/// The settings that the processes bind, from their own registrations: each program runs up to where its host would be built, then its
/// options are configured from a source that has nothing and notes what it is asked for.
/// </summary>
internal static class BoundSettings
{
    private static readonly (string Process, string Assembly)[] Programs =
    [
        ("edge", "Switchboard.Edge.Api"), ("ingest", "Switchboard.Workers.Ingest"), ("dispatch", "Switchboard.Workers.Dispatch"),
        ("analytics", "Switchboard.Analytics.Worker"),
    ];

    private static readonly (string Process, string Assembly) Migrations = ("migrations", "Migrations");

    private static readonly Lazy<HashSet<string>> Sections = new(() =>
    [
        .. Programs.Append(Migrations).Select(program => program.Assembly).Append("Switchboard.Core")
            .SelectMany(assembly => Assembly.Load(assembly).GetTypes())
            .Select(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string).OfType<string>(),
    ]);

    /// <summary>Each as often as a process binds it.</summary>
    public static IReadOnlyList<BoundSetting> Read()
    {
        var bound = Programs.SelectMany(program => SettingsOf(program.Process, ServicesOf(program.Assembly)))
            .Concat(SettingsOf(Migrations.Process, ServicesOfMigrations())).ToList();
        return [.. bound, .. ReadWithoutServices(bound.Select(setting => setting.Property.DeclaringType!).ToHashSet())];
    }

    private static IServiceCollection ServicesOf(string assembly)
    {
        try
        {
            using var host = ProcessHost.Build(
                assembly, [], host => host.ConfigureServices((_, services) => throw new RegisteredException(services)));
        }
        catch (TargetInvocationException stopped) when (stopped.InnerException is RegisteredException registered)
        {
            return registered.Services;
        }

        throw new InvalidOperationException($"{assembly} registered nothing.");
    }

    // with what its command re-encrypt adds
    private static IServiceCollection ServicesOfMigrations()
    {
        IServiceCollection? registered = null;
        var run = MigrationHost.RunAsync(
            (_, _) => Task.CompletedTask,
            CancellationToken.None,
            configure: services => throw new RegisteredException(registered = services.AddSecretProtector()));
        run.Exception!.InnerException.ShouldBeOfType<RegisteredException>();
        return registered!;
    }

    private static IEnumerable<BoundSetting> SettingsOf(string process, IServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        var asked = new AskedKeys();
        var configuration = (ConfigurationManager)provider.GetRequiredService<IConfiguration>();
        configuration.Sources.Clear();
        configuration.Sources.Add(asked);

        var types = services.Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GetGenericArguments()[0]).Where(IsOfTheProduct).Distinct();
        var read = typeof(BoundSettings).GetMethod(nameof(OptionsOf), BindingFlags.NonPublic | BindingFlags.Static)!;
        return
        [
            .. from type in types
               from options in (List<NamedOptions>)read.MakeGenericMethod(type).Invoke(null, [provider, asked])!
               from setting in SettingsOf(process, options.Value, property => PrefixOf(property, options.Asked))
               select setting,
        ];
    }

    private static List<NamedOptions> OptionsOf<T>(IServiceProvider provider, AskedKeys asked)
        where T : class, new()
    {
        var configures = provider.GetServices<IConfigureOptions<T>>().ToList();
        var names = provider.GetServices<IOptionsChangeTokenSource<T>>().Select(source => source.Name ?? Options.DefaultName).Distinct();
        return [.. names.Select(name =>
        {
            asked.Keys.Clear();
            var options = new T();
            foreach (var configure in configures)
            {
                if (configure is IConfigureNamedOptions<T> named)
                    named.Configure(name, options);
                else if (name == Options.DefaultName)
                    configure.Configure(options);
            }

            return new NamedOptions(options, [.. asked.Keys]);
        })];
    }

    // what has a section and is read from it directly
    private static IEnumerable<BoundSetting> ReadWithoutServices(HashSet<Type> found) =>
        from program in Programs.Append(Migrations)
        from type in Assembly.Load(program.Assembly).GetTypes()
        let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)
        where section is not null && !found.Contains(type) && type is { IsAbstract: false } && SettableOf(type).Any()
        from setting in SettingsOf(program.Process, Activator.CreateInstance(type)!, _ => $"{section.GetValue(null)}:")
        select setting;

    private static IEnumerable<BoundSetting> SettingsOf(string process, object options, Func<PropertyInfo, string> prefixOf)
    {
        foreach (var property in SettableOf(options.GetType()))
        {
            var (key, value) = (prefixOf(property) + NameOf(property), property.GetValue(options));
            if (value is not null && IsOfTheProduct(value.GetType()))
            {
                foreach (var inner in SettingsOf(process, value, _ => $"{key}:"))
                    yield return inner;
            }
            else
            {
                yield return new(key, SettingText.OfDefault(value), SettingText.OfRange(property, value), process, property);
            }
        }
    }

    // the binder sets what has a setter, and adds to a collection that has none
    private static IEnumerable<PropertyInfo> SettableOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod?.IsPublic == true || property.PropertyType.IsAssignableTo(typeof(ICollection<string>)));

    private static string PrefixOf(PropertyInfo property, IReadOnlyList<string> asked)
    {
        var name = NameOf(property);
        return asked.First(key => key == name || key.EndsWith($":{name}", StringComparison.Ordinal))[..^name.Length];
    }

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;

    private static bool IsOfTheProduct(Type type) => type.Namespace?.StartsWith("Switchboard.", StringComparison.Ordinal) == true;

    // as they are when nothing is set, and the keys that they were looked for at
    private sealed record NamedOptions(object Value, IReadOnlyList<string> Asked);

    private sealed class RegisteredException(IServiceCollection services) : Exception
    {
        public IServiceCollection Services { get; } = services;
    }

    /// <summary>Has no value, says of each section that there is something in it, and notes what it is asked for.</summary>
    private sealed class AskedKeys : ConfigurationProvider, IConfigurationSource
    {
        public HashSet<string> Keys { get; } = [];

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            Keys.Add(key);
            value = null;
            return false;
        }

        // a section may be in a section (Social:Health); in anything else there is nothing: lists would not end, and an address has no parts
        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            parentPath?.Contains(':', StringComparison.Ordinal) == true && !Sections.Value.Contains(parentPath)
                ? earlierKeys
                : earlierKeys.Append("any");
    }
}

/// <summary>Defaults and ranges in words.</summary>
internal static class SettingText
{
    private const string None = "none";

    public static string OfDefault(object? value) => value switch
    {
        null or "" => None,
        string text => text,
        bool flag => flag ? "true" : "false",
        Uri address => address.OriginalString,
        IEnumerable<string> texts => string.Join(", ", texts) is { Length: > 0 } list ? list : None,
        System.Collections.ICollection { Count: 0 } => None,
        IConvertible number => OfNumber(number),
        _ => throw new NotSupportedException($"There are no words for {value.GetType()}."),
    };

    public static string? OfRange(PropertyInfo property, object? value)
    {
        var parts = property.GetCustomAttributes().Select(attribute => attribute switch
        {
            RequiredAttribute when OfDefault(value) == None => "required",
            RangeAttribute { Maximum: int.MaxValue } range => $"{OfNumber(range.Minimum)} or more",
            RangeAttribute range => $"{OfNumber(range.Minimum)} to {OfNumber(range.Maximum)}",
            MaxLengthAttribute length => $"at most {length.Length} characters",
            StringLengthAttribute length => $"at most {length.MaximumLength} characters",
            RegularExpressionAttribute expression => expression.Pattern,
            _ => null,
        }).OfType<string>();
        var all = string.Join(", ", property.PropertyType == typeof(bool) ? parts.Append("true, false") : parts);
        return all.Length > 0 ? all : null;
    }

    private static string OfNumber(object number) =>
        Convert.ToDouble(number, CultureInfo.InvariantCulture).ToString("#,0.####", CultureInfo.InvariantCulture);
}
