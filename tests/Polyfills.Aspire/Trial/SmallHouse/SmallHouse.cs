// Every kind of resource once: three servers, a job that ends, a process alone and one with two replicas.
var builder = DistributedApplication.CreateBuilder(args);

var database = builder.AddPostgres("postgres").AddDatabase("things");
var redis = builder.AddRedis("redis");
var rabbitmq = builder.AddRabbitMQ("rabbitmq");
var key = builder.AddParameter("key", new GenerateParameterDefault { MinLength = 30 }, secret: true, persist: true);

var job = builder.AddProject<Projects.Probe>("job").WithArgs("exit", "0").WaitFor(database);

var twins = builder.AddProject<Projects.Probe>("twins").WithHttpEndpoint().WithHttpHealthCheck("/health").WithReplicas(2)
    .WaitForCompletion(job);

builder.AddProject<Projects.Probe>("alone").WithHttpEndpoint().WithHttpHealthCheck("/health")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(rabbitmq).WaitFor(rabbitmq)
    .WithReference(twins).WaitFor(twins)
    .WithEnvironment("Key", key)
    .WithEnvironment("Twins__Path", $"{twins.GetEndpoint("http")}/path");

builder.Build().Run();
