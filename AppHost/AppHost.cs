// The application: what runs, what each part is told about the others, and who waits for whom.
//
//   providers, people  -->  edge-api  -->  rabbitmq  -->  workers-ingest  -->  rabbitmq  -->  workers-dispatch  -->  providers
//                              |                                 |                                  |
//                              +------------  postgres, redis  --+----------------------------------+--- events --> analytics-worker

#pragma warning disable ASPIRECERTIFICATES001 // saying that a process has no certificate is still called experimental

using Microsoft.Extensions.Configuration;
using Switchboard.AppHost;
using Switchboard.AppHost.LocalServers;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
{
    Args = ServerSettings.Expand(args),
    // everything is plain http on loopback: a developer needs no certificate, and is not asked for one
    TrustDeveloperCertificate = false,
});

// the dashboard asks nobody to log in: it listens on loopback only. Telemetry still needs the key that the control plane hands out.
builder.Configuration["AppHost:BrowserToken"] = "";

var servers = ServerSettings.Read(builder);
if (!servers.InContainers && LocalPrograms.WhatIsMissing() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

var (postgres, database, redis, rabbitmq, brokerPassword) = servers.InContainers ? AddContainers() : AddLocalServers();

// locks the providers' secrets in the database: generated once, kept as the servers' passwords are
var encryptionKey = builder.AddParameter(
    "encryption-key", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true);

var migrations = builder.AddProject<Projects.Migrations>("migrations")
    .WithoutHttpsCertificate()
    .WithReference(database)
    .WaitFor(database)
    .WaitFor(rabbitmq)
    .WithEnvironment("Broker__ManagementUrl", rabbitmq.GetEndpoint("management"))
    .WithEnvironment("Broker__UserName", "guest")
    .WithEnvironment("Broker__Password", ReferenceExpression.Create($"{brokerPassword}"))
    .WithEnvironment("Encryption__Key", encryptionKey);

var edge = UseSecrets(SetUp(builder.AddProject<Projects.Edge_Api>("edge-api")))
    .WithExternalHttpEndpoints();

var ingest = UseSecrets(SetUp(builder.AddProject<Projects.Workers_Ingest>("workers-ingest").WithHttpEndpoint()));

var dispatch = UseSecrets(SetUp(builder.AddProject<Projects.Workers_Dispatch>("workers-dispatch").WithHttpEndpoint()));

var analytics = SetUp(builder.AddProject<Projects.Analytics_Worker>("analytics-worker").WithHttpEndpoint());

if (builder.ExecutionContext.IsPublishMode)
{
    SeparateWhatOperatorsSee();
    AddProviderSecrets();
    builder.Build().Run();
    return 0;
}

// what the simulator has answered for outlives a crash of the simulator, as it would at a real provider; it makes the folder
var journal = Path.Combine(Path.GetTempPath(), $"switchboard-simulator-{Path.GetRandomFileName()}");
// one folder for the edge, which shows files and takes those of posts, for ingest, which keeps them, and for dispatch, which posts them
var mediaFolder = Path.GetFullPath(builder.Configuration["Media:Folder"] ?? Path.Combine(builder.AppHostDirectory, "../.switchboard/media"));
var simulator = AddSimulator();
builder.StopInOrder();
builder.SayHowItStarts(("API", edge), ("simulator", simulator));
builder.Build().Run();
if (Directory.Exists(journal)) Directory.Delete(journal, recursive: true);
return 0;

Servers AddContainers()
{
    var server = builder.AddPostgres("postgres");
    var store = server.AddDatabase("switchboard");
    var cache = builder.AddRedis("redis");
    var broker = builder.AddRabbitMQ("rabbitmq").WithManagementPlugin();
    if (builder.ExecutionContext.IsRunMode)
        cache.WithoutHttpsCertificate();
    if (servers is { KeepData: true, Fresh: false })
    {
        server.WithDataVolume();
        cache.WithDataVolume();
        broker.WithDataVolume();
    }

    return new(server, store, cache, broker, broker.Resource.PasswordParameter);
}

// Where there is no container engine: the same servers by the same names, as private programs.
Servers AddLocalServers()
{
    var data = LocalServerData.Open(builder, servers);
    var server = builder.AddLocalPostgres("postgres", data);
    var broker = builder.AddLocalRabbitMq("rabbitmq", data);
    return new(
        server,
        server.AddDatabase("switchboard"),
        builder.AddLocalRedis("redis", data),
        broker,
        broker.Resource.Password);
}

// What every process of the product has: the servers, the schema in place, a health check, as many replicas as wanted.
IResourceBuilder<ProjectResource> SetUp(IResourceBuilder<ProjectResource> process) => process
    .WithHttpHealthCheck("/health")
    .WithoutHttpsCertificate()
    .WithEnvironment("ConnectionStrings__switchboard", AsItsRole(process)).WithReferenceRelationship(database).WaitFor(database)
    .WithEnvironment("ConnectionStrings__rabbitmq", AsItsUser(process)).WithReferenceRelationship(rabbitmq).WaitFor(rabbitmq)
    .WaitFor(redis)
    .WaitForCompletion(migrations)
    .WithReplicas(builder.Configuration.GetValue($"Replicas:{process.Resource.Name}", 1));

// Those that call providers: what is theirs is encrypted in the database, and counted in Redis.
IResourceBuilder<ProjectResource> UseSecrets(IResourceBuilder<ProjectResource> process) => process
    .WithReference(redis)
    .WithEnvironment("Encryption__Key", encryptionKey);

// Each process has its own role in the database, which the migrations make and give the tables that it works with ...
ReferenceExpression AsItsRole(IResourceBuilder<ProjectResource> process)
{
    var (role, password) = Account(process, "database");
    migrations.WithEnvironment($"Roles__{role}", password);
    var (host, port) = AddressOf(postgres);
    return ReferenceExpression.Create($"Host={host};Port={port};Username={role};Password={password};Database=switchboard");
}

// ... and its own user at the broker, with the queues of jobs.
ReferenceExpression AsItsUser(IResourceBuilder<ProjectResource> process)
{
    var (user, password) = Account(process, "broker");
    migrations.WithEnvironment($"Broker__Users__{user}", password);
    var (host, port) = AddressOf(rabbitmq);
    return ReferenceExpression.Create($"amqp://{user}:{password:uri}@{host}:{port}");
}

(string Name, IResourceBuilder<ParameterResource> Password) Account(IResourceBuilder<ProjectResource> process, string server) =>
    (process.Resource.Name.Replace('-', '_'),
     builder.AddParameter(
         $"{process.Resource.Name}-{server}-password",
         new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true));

// local servers listen on this address alone
(ReferenceExpression Host, EndpointReferenceExpression Port) AddressOf(IResourceBuilder<IResourceWithEndpoints> server)
{
    var endpoint = server.GetEndpoint("tcp");
    var host = servers.InContainers
        ? ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Host)}")
        : ReferenceExpression.Create($"127.0.0.1");
    return (host, endpoint.Property(EndpointProperty.Port));
}

// On a developer's machine one program stands in for every provider; it pushes webhooks to the edge.
IResourceBuilder<ProjectResource> AddSimulator()
{
    var simulator = builder.AddProject<Projects.Simulator>("simulator")
        .WithHttpHealthCheck("/health")
        .WithoutHttpsCertificate()
        .WithReference(edge)
        .WithEnvironment("Simulator__DataFolder", journal);
    if (builder.Configuration["DemoMail:PerMinute"] is { } perMinute)
        simulator.WithEnvironment("DemoMail__PerMinute", perMinute);
    if (builder.Configuration["DemoTexts:PerMinute"] is { } textsPerMinute)
        simulator.WithEnvironment("DemoTexts__PerMinute", textsPerMinute);

    var address = simulator.GetEndpoint("http");
    simulator.WithEnvironment("Simulator__Url", address);
    foreach (var process in new[] { edge, ingest })
    {
        process
            .WithEnvironment("Gmail__ApiBaseUrl", $"{address}/gmail")
            .WithEnvironment("Gmail__TokenUrl", $"{address}/gmail/oauth/token")
            .WithEnvironment("Graph__ApiBaseUrl", $"{address}/graph")
            .WithEnvironment("Graph__Authority", $"{address}/microsoft/common")
            .WithEnvironment("Graph__PublicBaseUrl", edge.GetEndpoint("http"))
            .WithEnvironment("Speech__BaseUrl", $"{address}/speech");
    }

    foreach (var process in new[] { edge, ingest, dispatch })
        process.WithEnvironment("Twilio__ApiBaseUrl", $"{address}/twilio").WithEnvironment("Media__Folder", mediaFolder);
    foreach (var process in new[] { edge, dispatch })
    {
        process.WithEnvironment("Twilio__PublicBaseUrl", edge.GetEndpoint("http"))
            .WithEnvironment("Notifications__PublicBaseUrl", edge.GetEndpoint("http"))
            .WithSimulatedPlatforms(address, edge.GetEndpoint("http"));
    }

    edge.WithEnvironment("Gmail__AuthorizationUrl", $"{address}/gmail/oauth/authorize")
        .WithEnvironment("Gmail__PublicBaseUrl", edge.GetEndpoint("http"))
        .WithEnvironment("Gmail__PushKeysUrl", $"{address}/gmail/oauth/jwks");
    dispatch.WithEnvironment("WhatsApp__BaseUrl", $"{address}/whatsapp");

    // and a mail server
    simulator.WithEndpoint(port: 5025, scheme: "tcp", name: "smtp", env: "Smtp__Port");
    var mail = simulator.GetEndpoint("smtp");
    dispatch.WithEnvironment("Email__Host", mail.Property(EndpointProperty.Host))
        .WithEnvironment("Email__Port", mail.Property(EndpointProperty.Port))
        .WithEnvironment("Email__Attachments__PrivateBaseUrl", address);
    dispatch.WithDemoPush(simulator);
    return simulator;
}

// Deployed, metrics and the details of health have a separate port, which is not exposed; and X-Forwarded-For of the ingress is trusted.
void SeparateWhatOperatorsSee()
{
    foreach (var process in new[] { edge, ingest, dispatch, analytics })
        process.WithHttpEndpoint(targetPort: 8081, name: "management").WithEnvironment("Management__Port", "8081");

    // what an environment of Azure Container Apps reserves for itself: its ingress speaks from there (docs/security.md)
    edge.WithEnvironment(
        "Proxies__Trusted__0",
        builder.AddParameter(
            "trusted-proxies", "100.100.0.0/17,100.100.128.0/19,100.100.160.0/19,100.100.192.0/19", publishValueAsDefault: true));
}

// Deployed, the product calls the real providers: their addresses are its defaults, these are its credentials.
void AddProviderSecrets()
{
    // the first administrator. The key is sb_ and the secret that the deployment keeps, so that it stands in no log
    var adminKey = builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true);
    migrations.WithEnvironment("Bootstrap__AdminEmail", builder.AddParameter("admin-email"))
        .WithEnvironment("Bootstrap__AdminKey", ReferenceExpression.Create($"sb_{adminKey}"));

    edge.WithEnvironment("Gmail__PushAudience", builder.AddParameter("gmail-push-audience"))
        .WithEnvironment("Gmail__PushServiceAccount", builder.AddParameter("gmail-push-service-account"))
        .WithEnvironment("WhatsApp__AppSecret", builder.AddParameter("whatsapp-app-secret", secret: true))
        .WithEnvironment("WhatsApp__VerifyToken", builder.AddParameter("whatsapp-verify-token", secret: true));

    var twilioAccount = builder.AddParameter("twilio-account-sid");
    var twilioToken = builder.AddParameter("twilio-auth-token", secret: true);
    var publicUrl = builder.AddParameter("public-base-url");
    foreach (var process in new[] { edge, ingest, dispatch })
    {
        process.WithEnvironment("Twilio__AccountSid", twilioAccount)
            .WithEnvironment("Twilio__AuthToken", twilioToken);
    }

    foreach (var process in new[] { edge, dispatch })
        process.WithEnvironment("Twilio__PublicBaseUrl", publicUrl).WithEnvironment("Notifications__PublicBaseUrl", publicUrl);

    var gmailClient = builder.AddParameter("gmail-client-id");
    var gmailSecret = builder.AddParameter("gmail-client-secret", secret: true);
    var graphClient = builder.AddParameter("graph-client-id");
    var graphSecret = builder.AddParameter("graph-client-secret", secret: true);
    var graphState = builder.AddParameter("graph-client-state", secret: true);
    foreach (var process in new[] { edge, ingest })
    {
        process.WithEnvironment("Gmail__ClientId", gmailClient)
            .WithEnvironment("Gmail__ClientSecret", gmailSecret)
            .WithEnvironment("Graph__ClientId", graphClient)
            .WithEnvironment("Graph__ClientSecret", graphSecret)
            .WithEnvironment("Graph__ClientState", graphState)
            .WithEnvironment("Graph__PublicBaseUrl", publicUrl);
    }

    edge.WithEnvironment("Gmail__PublicBaseUrl", publicUrl);

    builder.WithPlatforms(publicUrl, edge, dispatch);

    // containers share no folder: files of SMS and of posts are kept in a blob container
    var mediaStorage = builder.AddParameter("media-storage-connection-string", secret: true);
    foreach (var process in new[] { edge, ingest, dispatch })
        process.WithEnvironment("Media__Store", "azure").WithEnvironment("Media__Azure__ConnectionString", mediaStorage);

    ingest.WithEnvironment("Gmail__TopicName", builder.AddParameter("gmail-topic-name"))
        .WithEnvironment("Speech__ApiKey", builder.AddParameter("speech-api-key", secret: true));

    dispatch.WithEnvironment("WhatsApp__PhoneNumberId", builder.AddParameter("whatsapp-phone-number-id"))
        .WithEnvironment("WhatsApp__AccessToken", builder.AddParameter("whatsapp-access-token", secret: true))
        .WithEnvironment("Twilio__From", builder.AddParameter("twilio-from"))
        .WithEnvironment("Email__Host", builder.AddParameter("email-host"))
        .WithEnvironment("Email__UserName", builder.AddParameter("email-user-name"))
        .WithEnvironment("Email__Password", builder.AddParameter("email-password", secret: true))
        .WithEnvironment("Email__From", builder.AddParameter("email-from"));

    // who does not push by FCM or APNs says so by "none"
    dispatch.WithEnvironment("Fcm__ServiceAccount", builder.AddParameter("fcm-service-account", secret: true))
        .WithEnvironment("Apns__KeyId", builder.AddParameter("apns-key-id", "", publishValueAsDefault: true))
        .WithEnvironment("Apns__TeamId", builder.AddParameter("apns-team-id", "", publishValueAsDefault: true))
        .WithEnvironment("Apns__Topic", builder.AddParameter("apns-topic", "", publishValueAsDefault: true))
        .WithEnvironment("Apns__PrivateKey", builder.AddParameter("apns-private-key", secret: true))
        .WithEnvironment("WebPush__Subject", builder.AddParameter("web-push-subject", "", publishValueAsDefault: true));
}

/// <summary>The servers by the same names, whatever they run in.</summary>
internal sealed record Servers(
    IResourceBuilder<IResourceWithEndpoints> Postgres,
    IResourceBuilder<IResourceWithConnectionString> Database,
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithEndpoints> RabbitMq,
    ParameterResource RabbitMqPassword);
