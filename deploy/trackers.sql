CREATE DATABASE trackers OWNER huhang;
