using Aspire.Hosting.Terminal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Run;

/// <summary>One run of the application on this machine: where its data is, which ports and passwords it has.</summary>
internal sealed class LocalRun
{
    private bool _isPrepared;

    private LocalRun(string toolFolder, string folder, bool isTemporary, bool randomizePorts, bool startFresh)
    {
        ToolFolder = toolFolder;
        Folder = folder;
        IsTemporary = isTemporary;
        RandomizePorts = randomizePorts;
        StartFresh = startFresh;
        Secrets = new SecretStore(Path.Combine(folder, "secrets.json"));
        Ports = new PortBook(randomizePorts ? null : Path.Combine(folder, "ports.json"));
    }

    /// <summary>The ignored folder of the repository.</summary>
    public string ToolFolder { get; }

    /// <summary>Where data, passwords and ports are kept.</summary>
    public string Folder { get; }

    /// <summary>Whether the folder is deleted at the end: so it is in tests.</summary>
    public bool IsTemporary { get; }

    /// <summary>Whether even fixed ports are replaced by free ones: so it is in tests, which run beside a running application.</summary>
    public bool RandomizePorts { get; }

    public bool StartFresh { get; }

    public SecretStore Secrets { get; }

    public PortBook Ports { get; }

    public static LocalRun Of(IDistributedApplicationBuilder builder) =>
        builder.Services.Select(service => service.ImplementationInstance).OfType<LocalRun>().Single();

    public static void Add(IDistributedApplicationBuilder builder, DistributedApplicationOptions options, CommandLine commandLine)
    {
        var settings = builder.Configuration.GetSection("LocalServers").Get<RunOptions>() ?? new RunOptions();
        var toolFolder = Path.GetFullPath(settings.Folder, builder.AppHostDirectory);
        var isTest = builder.Configuration.GetValue("DcpPublisher:RandomizePorts", false);
        builder.Services.AddSingleton(new LocalRun(
            toolFolder, isTest ? DataFolder.Temporary() : DataFolder.For(toolFolder), isTest, isTest, commandLine.Fresh));

        builder.Services.AddSingleton<Guardian>();
        builder.Services.AddSingleton<HealthMonitor>();
        builder.Services.AddSingleton<EndpointAllocator>();
        builder.Services.AddSingleton<LaunchFactory>();
        builder.Services.AddSingleton<InstanceFactory>();
        builder.Services.AddSingleton<ApplicationRunner>();
        builder.Services.AddSingleton<ControlClient>();
        builder.Services.AddSingleton<CommandInterpreter>();
        if (!isTest && !options.DisableDashboard) builder.Services.AddSingleton<Dashboard>();
        if (!isTest) builder.Services.AddHostedService<ControlServer>();
        if (options.EnableResourceLogging) builder.Services.AddHostedService<ResourceLogForwarder>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplicationRunner>());
    }

    /// <summary>Makes the folder, empty if that was asked for; once.</summary>
    public void Prepare()
    {
        if (_isPrepared) return;
        _isPrepared = true;
        if (StartFresh && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        DataFolder.Create(Folder);
    }
}
